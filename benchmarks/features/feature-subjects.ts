import type { FeatureExtractor } from "../../features/extractor.ts";
import { defaultFeatureConfig } from "../../features/feature-config.ts";
import { createGraphExtractor, type GraphExtractorOptions } from "../../features/graph/graph-extractor.ts";
import { createMeydaExtractor } from "../../features/meyda/meyda-extractor.ts";
import type { OrtRuntime } from "../../features/ort-runtime.ts";

/** What the features benchmark times, in Node and in a page: clips a round, and what a graph computes in. */
const subjects = {
  "graph-float64": { runs: 20, precision: "float64" },
  "graph-split": { runs: 20, precision: "split" },
  "graph-float32": { runs: 20, precision: "float32" },
  meyda: { runs: 2, precision: undefined },
} as const;

export const subjectNames = ["graph-float64", "graph-split", "graph-float32", "meyda"] as const;
export type SubjectName = (typeof subjectNames)[number];

export async function createSubject(
  name: SubjectName,
  ort: OrtRuntime,
  session: NonNullable<GraphExtractorOptions["session"]>,
): Promise<{ readonly extractor: FeatureExtractor; readonly runs: number }> {
  const { runs, precision } = subjects[name];
  const extractor =
    precision === undefined
      ? createMeydaExtractor(defaultFeatureConfig)
      : await createGraphExtractor(defaultFeatureConfig, ort, { session, precision });
  return { extractor, runs };
}
