import { at } from "../../common/at.ts";
import { computeProbabilities } from "../../common/labelling.ts";
import type { Answers } from "./answers.ts";
import type { BinaryAnswers } from "../../common/binary-answers.ts";

/** "Is it this class?" asked of every clip: one set of yes-or-no answers a class, and all of them pooled. */
export interface OneVsRest {
  readonly classes: readonly BinaryAnswers[];
  /** For micro averages. */
  readonly pooled: BinaryAnswers;
}

export function askOneVsRest({ classes, truth, logits }: Answers): OneVsRest {
  const probabilities = logits.map((row) => computeProbabilities(row));
  return poolQuestions(
    Array.from({ length: classes }, (_, index) => ({
      scores: probabilities.map((shares) => at(shares, index)),
      positives: truth.map((actual) => actual === index),
    })),
  );
}

/** A question for each class, and all of them together. */
export function poolQuestions(questions: readonly BinaryAnswers[]): OneVsRest {
  return {
    classes: questions,
    pooled: {
      scores: questions.flatMap(({ scores }) => scores),
      positives: questions.flatMap(({ positives }) => positives),
    },
  };
}
