import type { Classification } from "../../runtime/web.ts";

/** Probabilities over a stretch of sound, in the order of the model's labels. */
export interface Score {
  readonly startSeconds: number;
  readonly endSeconds: number;
  /** All 0 in silence, which has none of the classes. */
  readonly probabilities: Float32Array;
}

/** Probabilities in the order of the model's labels. */
export function orderProbabilities(answer: Classification): Float32Array {
  const ordered = new Float32Array(answer.length);
  for (const { index, probability } of answer) ordered[index] = probability;
  return ordered;
}
