/** An extractor in a page: our feature graph on onnxruntime-web's WASM, or Meyda. */
import * as ort from "onnxruntime-web/wasm";
import { createSubject, type SubjectName } from "./feature-subjects.ts";
import { makeClip, measureDifference } from "./feature-sounds.ts";

/** Until Chromium has compiled a module's busy functions a second time, with its optimising compiler, they are slow. */
const warmMs = 4000;

export async function run(name: SubjectName, threads: number): Promise<{ ms: number[]; difference: number }> {
  ort.env.wasm.numThreads = threads;
  const { extractor, runs } = await createSubject(name, ort, {});
  const difference = await measureDifference(extractor);
  const sound = makeClip();
  for (const begin = performance.now(); performance.now() - begin < warmMs;) await extractor.extract(sound);
  const ms: number[] = [];
  for (let count = 0; count < runs; count++) {
    const start = performance.now();
    await extractor.extract(sound);
    ms.push(performance.now() - start);
  }
  await extractor.dispose();
  return { ms, difference };
}
