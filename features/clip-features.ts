import { decodeAudio, type DecodeOptions } from "./audio/decode.ts";
import type { FeatureExtractor } from "./extractor.ts";
import type { FeatureConfig } from "./feature-config.ts";
import { countClipSamples, fitClip } from "./fit-clip.ts";
import type { LogMel } from "./log-mel.ts";
import { resample } from "./resample/resample.ts";

/**
 * From an audio file's bytes to the log-mel of one clip: decode, resample, fit to the clip's length, extract.
 * @param name stands in messages @throws UserError when the bytes are no sound audio
 */
export async function extractClip(
  bytes: Uint8Array,
  name: string,
  config: FeatureConfig,
  extractor: FeatureExtractor,
  options?: DecodeOptions,
): Promise<LogMel> {
  const waveform = await resample(await decodeAudio(bytes, name, options), config.sampleRateHz);
  return extractor.extract(fitClip(waveform.samples, countClipSamples(config), config.padding));
}
