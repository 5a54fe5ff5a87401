/** An extractor in a page: our feature graph on onnxruntime-web's WASM, or Meyda. */
import * as ort from "onnxruntime-web/wasm";
import { defaultFeatureConfig } from "../../features/feature-config.ts";
import { createGraphExtractor } from "../../features/graph-extractor.ts";
import { createMeydaExtractor } from "../../features/meyda-extractor.ts";
import { makeClip, measureDifference } from "./feature-sounds.ts";

const runs = { graph: 20, meyda: 2 };

export async function run(
  name: "graph" | "meyda",
  threads: number,
): Promise<{ ms: number[]; difference: number }> {
  ort.env.wasm.numThreads = threads;
  const extractor =
    name === "meyda"
      ? createMeydaExtractor(defaultFeatureConfig)
      : await createGraphExtractor(defaultFeatureConfig, ort, { session: {} });
  const difference = await measureDifference(extractor);
  const sound = makeClip();
  await extractor.extract(sound);
  const ms: number[] = [];
  for (let count = 0; count < runs[name]; count++) {
    const start = performance.now();
    await extractor.extract(sound);
    ms.push(performance.now() - start);
  }
  await extractor.dispose();
  return { ms, difference };
}
