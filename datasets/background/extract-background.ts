import { createHash } from "node:crypto";
import path from "node:path";
import { type FeatureConfig, hashExtraction } from "../../features/feature-config.ts";
import type { FeatureExtractor } from "../../features/extractor.ts";
import type { LogMel } from "../../features/log-mel.ts";
import { resample } from "../../features/resample/resample.ts";
import { createFeatureStore } from "../cache/feature-store.ts";
import { createFeatureExtractor, type ExtractorName } from "../extraction/clip-extractor.ts";
import { extractionVersion } from "../extraction/extract-clips.ts";
import { measureClip } from "../measure-clip.ts";
import {
  type BackgroundKind,
  generatedBackgroundVersion,
  makeBackground,
  type PlannedBackground,
} from "./generate-background.ts";

interface ExtractedBackground {
  readonly kind: BackgroundKind;
  /** Of as many frames as the sound has. */
  readonly logMel: LogMel;
}

/** What is computed of generated sounds: log-mel, or a backbone's embeddings with a row for each window. */
export interface BackgroundExtraction {
  /** Names what decides the numbers, in the feature cache. */
  readonly key: string;
  readonly sampleRateHz: number;
  /** Called where the cache lacks a sound: a warm one needs no session. */
  readonly open: () => Promise<Pick<FeatureExtractor, "extract" | "dispose">>;
}

/**
 * Log-mel of generated sounds, in their order. Each is made and extracted once: 40 ms of computing on average, then a
 * file of the feature cache.
 * @param cacheFolder of the feature cache
 */
export async function extractBackground(
  plan: readonly PlannedBackground[],
  config: FeatureConfig,
  extractor: ExtractorName,
  cacheFolder: string,
): Promise<ExtractedBackground[]> {
  const key = `${extractor}-${extractionVersion}-${hashExtraction(config)}`;
  const open = () => createFeatureExtractor(extractor, config);
  return await extractPlanned(plan, { key, sampleRateHz: config.sampleRateHz, open }, cacheFolder);
}

/** As `extractBackground`, by anything. */
export async function extractPlanned(
  plan: readonly PlannedBackground[],
  { key, sampleRateHz, open }: BackgroundExtraction,
  cacheFolder: string,
): Promise<ExtractedBackground[]> {
  const store = createFeatureStore(path.join(cacheFolder, `background-${generatedBackgroundVersion}-${key}`));
  let features: Awaited<ReturnType<typeof open>> | undefined;
  try {
    const found: ExtractedBackground[] = [];
    for (const planned of plan) {
      const name = createHash("sha256").update(JSON.stringify(planned)).digest("hex");
      const entry = await store.read(name, undefined, 0);
      if (typeof entry === "object") {
        found.push({ kind: planned.kind, logMel: entry.features });
        continue;
      }
      features ??= await open();
      const sound = makeBackground(planned);
      const { samples } = await resample(sound, sampleRateHz);
      const logMel = await features.extract(samples);
      await store.write(name, undefined, { facts: measureClip(sound), windows: [logMel] });
      found.push({ kind: planned.kind, logMel });
    }
    return found;
  } finally {
    await features?.dispose();
  }
}
