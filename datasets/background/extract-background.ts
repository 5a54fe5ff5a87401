import { createFeatureExtractor, type ExtractorName } from "../extraction/clip-extractor.ts";
import type { FeatureConfig } from "../../features/feature-config.ts";
import type { LogMel } from "../../features/log-mel.ts";
import { resample } from "../../features/resample/resample.ts";
import type { GeneratedBackground } from "./generate-background.ts";

/** Log-mel of generated sounds, each of as many frames as it has. */
export async function extractBackground(
  sounds: Iterable<GeneratedBackground>,
  config: FeatureConfig,
  extractor: ExtractorName,
): Promise<LogMel[]> {
  const features = await createFeatureExtractor(extractor, config);
  try {
    const clips: LogMel[] = [];
    for (const sound of sounds) {
      const { samples } = await resample(sound, config.sampleRateHz);
      clips.push(await features.extract(samples));
    }
    return clips;
  } finally {
    await features.dispose();
  }
}
