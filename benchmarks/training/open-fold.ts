import path from "node:path";
import { fileURLToPath } from "node:url";
import { createFeatureCache, type FeatureCache } from "../../datasets/cache/feature-cache.ts";
import { openFeatureSet, type PreparedFeatureSet } from "../../datasets/feature-set.ts";
import { readDataset } from "../../datasets/read-dataset.ts";
import { defaultFeatureConfig } from "../../features/feature-config.ts";

export const foldRoles = { test: [1], validation: [2] };
export const benchCache = fileURLToPath(new URL("../../.cache/", import.meta.url));

/** The data set with its features in the cache of all runs. */
export async function openFold(
  folder: string,
): Promise<{ featureSet: PreparedFeatureSet; cache: FeatureCache }> {
  const cache = createFeatureCache({
    folder: path.join(benchCache, "features"),
    config: defaultFeatureConfig,
    extractor: "graph",
  });
  return { featureSet: await openFeatureSet(await readDataset(folder), cache), cache };
}
