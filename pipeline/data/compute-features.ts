import { countFrames } from "../../features/feature-config.ts";
import { countColumns } from "../../features/meyda/scalar-features.ts";
import { writeJson } from "../../run-files/json-file.ts";
import type { RunConfig } from "../../run-files/run-config.ts";
import type { FeaturesFile } from "../../run-files/stage-files.ts";
import { type FeatureSettings, openFeatures, openRunFeatures } from "../runs/open-data.ts";
import type { Run } from "../runs/run-folder.ts";
import { compareWithMeyda } from "./compare-with-meyda.ts";

/** Computes what is missing; the line says how much that was. */
export async function computeFeatures(settings: FeatureSettings) {
  const { featureSet, close } = await openFeatures(settings);
  await close();
  const { features, extractor = "graph" } = settings;
  const frames = countFrames(features, features.clipSeconds * features.sampleRateHz);
  const { statistics, badClips } = featureSet;
  for (const { reason } of badClips) console.error(`skipped: ${reason}`);
  const shape = { frames, bands: countColumns(features) };
  const repaired = statistics.repaired === 0 ? "" : `, ${statistics.repaired} damaged and made anew`;
  const skipped = badClips.length === 0 ? "" : `, ${badClips.length} bad clips skipped`;
  const comparison =
    extractor === "graph" && statistics.computed > 0
      ? await compareWithMeyda(featureSet.clips, features, settings.maxClipSeconds)
      : undefined;
  const agreement =
    comparison === undefined
      ? ""
      : `; ${comparison.clips} clips compared with Meyda: at most ${comparison.largestDifference.toExponential(1)} apart`;
  const line =
    `log-mel [${frames}, ${shape.bands}] by ${extractor}: ${statistics.computed} computed, ` +
    `${statistics.hits} from the cache${repaired}${skipped}${agreement}`;
  const facts: FeaturesFile = {
    extractor,
    ...(comparison && { comparedWithMeyda: comparison }),
    ...shape,
    ...statistics,
    skipped: badClips.map(({ clip, reason }) => ({ id: clip.id, reason })),
  };
  return { line, facts };
}

/** The features of a run's data, with `features.json` for its summary and its report. @returns what to say of it */
export async function computeRunFeatures({ config, files }: Pick<Run, "config" | "files">): Promise<string> {
  const { line, facts } = await computeFeatures({ ...config, features: config.job.features });
  await writeJson(files.features, facts);
  return line;
}

/**
 * The features of a list's jobs, each config's once, so that the jobs find all of them in the cache; `features.json`
 * describes the first job's. @returns a line for each config
 */
export async function computeListFeatures(
  configs: readonly RunConfig[],
  files: Pick<Run["files"], "features">,
): Promise<string[]> {
  const lines = new Map<string, string>();
  const variants = new Map<string, RunConfig>(); // played faster and slower, for augmentation
  for (const config of configs) {
    const { features, augmentation } = config.job;
    const key = JSON.stringify(features);
    if (!lines.has(key)) {
      const { line, facts } = await computeFeatures({ ...config, features });
      if (lines.size === 0) await writeJson(files.features, facts);
      lines.set(key, line);
    }
    if (augmentation !== null) variants.set(JSON.stringify([features, augmentation.speeds]), config);
  }
  for (const config of variants.values()) await (await openRunFeatures(config)).close();
  return [...lines.values()];
}
