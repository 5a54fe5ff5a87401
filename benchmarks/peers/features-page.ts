/** An extractor in a page: our feature graph on onnxruntime-web's WASM, or Meyda. */
import * as ort from "onnxruntime-web/wasm";
import { defaultFeatureConfig } from "../../features/feature-config.ts";
import type { FeatureGraphOptions } from "../../features/feature-graph.ts";
import { createGraphExtractor } from "../../features/graph-extractor.ts";
import { createMeydaExtractor } from "../../features/meyda-extractor.ts";
import { makeClip, measureDifference } from "./feature-sounds.ts";

/** How many clips to time, and what a graph computes in. */
const subjects = {
  "graph-float64": { runs: 20, precision: "float64" },
  "graph-split": { runs: 20, precision: "split" },
  meyda: { runs: 2, precision: undefined },
} as const satisfies Record<
  string,
  { runs: number; precision: FeatureGraphOptions["precision"] | undefined }
>;

export async function run(
  name: keyof typeof subjects,
  threads: number,
): Promise<{ ms: number[]; difference: number }> {
  ort.env.wasm.numThreads = threads;
  const { runs, precision } = subjects[name];
  const extractor =
    precision === undefined
      ? createMeydaExtractor(defaultFeatureConfig)
      : await createGraphExtractor(defaultFeatureConfig, ort, { session: {}, precision });
  const difference = await measureDifference(extractor);
  const sound = makeClip();
  await extractor.extract(sound);
  const ms: number[] = [];
  for (let count = 0; count < runs; count++) {
    const start = performance.now();
    await extractor.extract(sound);
    ms.push(performance.now() - start);
  }
  await extractor.dispose();
  return { ms, difference };
}
