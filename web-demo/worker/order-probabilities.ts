import type { Classification } from "../../runtime/web.ts";

/** Probabilities in the order of the model's labels. */
export function orderProbabilities(answer: Classification): Float32Array {
  const ordered = new Float32Array(answer.length);
  for (const { index, probability } of answer) ordered[index] = probability;
  return ordered;
}
