import * as ort from "onnxruntime-node";
import type { FeatureExtractor } from "../features/extractor.ts";
import type { FeatureConfig } from "../features/feature-config.ts";
import { createGraphExtractor } from "../features/graph-extractor.ts";
import { createMeydaExtractor } from "../features/meyda-extractor.ts";

/** The feature graph, which is the faster; Meyda where the config names features that only Meyda has. */
export async function openExtractor(config: FeatureConfig): Promise<FeatureExtractor> {
  return config.scalarFeatures.length > 0
    ? createMeydaExtractor(config)
    : await createGraphExtractor(config, ort);
}
