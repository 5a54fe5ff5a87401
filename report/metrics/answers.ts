import { at } from "../../common/at.ts";

/** What a classifier said about some clips, one row a clip. */
export interface Answers {
  /** How many classes there are, whether or not a clip of each was scored. */
  readonly classes: number;
  /** Class index of each clip. */
  readonly truth: readonly number[];
  /** [clips][classes], before the softmax. */
  readonly logits: readonly (readonly number[])[];
}

/** The class with the largest score; of several, the first, as NumPy's argmax. */
export function pickClass(scores: ArrayLike<number>): number {
  let best = 0;
  for (let index = 1; index < scores.length; index++) {
    if (at(scores, index) > at(scores, best)) best = index;
  }
  return best;
}

export function pickClasses(answers: Answers): number[] {
  return answers.logits.map(pickClass);
}
