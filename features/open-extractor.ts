import type { FeatureExtractor } from "./extractor.ts";
import type { FeatureConfig } from "./feature-config.ts";
import type { OrtRuntime } from "./ort-runtime.ts";
import { UserError } from "../common/user-error.ts";

/** The feature graph, or Meyda for a config that the graph cannot do; each is loaded only where it is needed. */
export async function openExtractor(features: FeatureConfig, ort: OrtRuntime): Promise<FeatureExtractor> {
  const { createGraphExtractor } = await import("./graph/graph-extractor.ts");
  try {
    return await createGraphExtractor(features, ort);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const { createMeydaExtractor } = await import("./meyda/meyda-extractor.ts");
    return createMeydaExtractor(features);
  }
}
