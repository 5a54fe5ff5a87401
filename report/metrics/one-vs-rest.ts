import { softmax, type Answers } from "./answers.ts";
import type { BinaryAnswers } from "./threshold-counts.ts";

/** "Is it this class?" asked of every clip, for one class. */
export function askOneClass(answers: Answers, index: number): BinaryAnswers {
  return {
    scores: answers.logits.map((logits) => softmax(logits)[index] ?? 0),
    positives: answers.truth.map((truth) => truth === index),
  };
}

/** The questions of all classes pooled into one, for micro averages. */
export function askAllClasses(answers: Answers): BinaryAnswers {
  const classes = Array.from({ length: answers.classes }, (_, index) => index);
  return {
    scores: answers.logits.flatMap(softmax),
    positives: answers.truth.flatMap((truth) => classes.map((index) => index === truth)),
  };
}
