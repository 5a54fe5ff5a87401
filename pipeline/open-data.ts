import path from "node:path";
import type { Dataset } from "../datasets/dataset.ts";
import { createFeatureCache } from "../datasets/feature-cache.ts";
import { openFeatureSet, type PreparedFeatureSet } from "../datasets/feature-set.ts";
import type { FeatureConfig } from "../features/feature-config.ts";
import { readDataset } from "../datasets/read-dataset.ts";
import { ensureSyntheticDataset } from "../datasets/synthetic.ts";
import { createProgress } from "./progress.ts";
import { embeddedData, type RunConfig } from "./run-config.ts";

/** Shared by all runs; may be deleted at any time. */
const cacheFolder = ".cache";

/** What the options `--data` and `--layout` say. */
export interface DataSettings {
  readonly data?: string | undefined;
  readonly layout?: RunConfig["layout"] | undefined;
}

/** Reads a data set; without a folder, the embedded one, made on first use. */
export async function openDataset({ data = embeddedData, layout }: DataSettings): Promise<Dataset> {
  const root = data === embeddedData ? await ensureSyntheticDataset(cacheFolder) : data;
  return await readDataset(root, layout === undefined ? {} : { layout });
}

/** Which features of which data. */
export interface FeatureSettings extends DataSettings {
  readonly extractor: RunConfig["extractor"];
  readonly skipBadClips: boolean;
  readonly features: FeatureConfig;
}

/** Features of a data set that lie in the cache; close it to end the extractor. */
export interface OpenFeatures {
  readonly dataset: Dataset;
  readonly featureSet: PreparedFeatureSet;
  readonly close: () => Promise<void>;
}

/** Makes sure that the features of all clips lie in the cache, with a progress bar. */
export async function openFeatures(settings: FeatureSettings): Promise<OpenFeatures> {
  const { extractor, skipBadClips, features } = settings;
  const dataset = await openDataset(settings);
  const cache = createFeatureCache({
    folder: path.join(cacheFolder, "features"),
    config: features,
    extractor,
  });
  const progress = createProgress("features");
  const onProgress = (done: number, total: number): void => {
    progress.update(done, total);
  };
  try {
    const featureSet = await openFeatureSet(dataset, cache, { skipBadClips, onProgress });
    return { dataset, featureSet, close: () => cache.dispose() };
  } catch (error) {
    await cache.dispose();
    throw error;
  } finally {
    progress.end();
  }
}

/** The features that a run trains on. */
export async function openRunFeatures(config: RunConfig): Promise<OpenFeatures> {
  return await openFeatures({ ...config, features: config.job.features });
}
