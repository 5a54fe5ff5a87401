import { at } from "../../common/at.ts";
import { pickClasses, type Answers } from "./answers.ts";

/** Clips of class `row` that were classified as class `column`: [classes][classes]. */
export type ConfusionMatrix = readonly (readonly number[])[];

export function countConfusions(answers: Answers): ConfusionMatrix {
  const matrix = Array.from({ length: answers.classes }, () => new Array<number>(answers.classes).fill(0));
  const picks = pickClasses(answers);
  for (const [clip, truth] of answers.truth.entries()) {
    const row = matrix[truth];
    const pick = picks[clip];
    if (row !== undefined && pick !== undefined) row[pick] = at(row, pick) + 1;
  }
  return matrix;
}
