import { createRandom } from "../../../common/random.ts";
import type { Answers } from "../../../report/metrics/answers.ts";

export interface AnswerCase {
  readonly title: string;
  readonly answers: Answers;
}

interface CaseOptions {
  readonly seed: number;
  readonly classes: number;
  readonly clips: number;
  /** Classes that clips are drawn from; the others are absent. */
  readonly present?: readonly number[];
  /** Logits are rounded to this step, which makes ties. */
  readonly step?: number;
}

/** Random answers that are right a little more often than by chance, with the traps that metrics fall into. */
export const answerCases: readonly AnswerCase[] = [
  { title: "ten classes", answers: drawAnswers({ seed: 1, classes: 10, clips: 80 }) },
  { title: "ties", answers: drawAnswers({ seed: 2, classes: 5, clips: 60, step: 1 }) },
  { title: "all scores equal", answers: drawAnswers({ seed: 3, classes: 4, clips: 12, step: 1000 }) },
  { title: "absent classes", answers: drawAnswers({ seed: 4, classes: 8, clips: 30, present: [1, 4, 5] }) },
  { title: "a fold of one class", answers: drawAnswers({ seed: 5, classes: 3, clips: 20, present: [2] }) },
  { title: "two classes", answers: drawAnswers({ seed: 6, classes: 2, clips: 50, step: 0.5 }) },
  { title: "a single clip", answers: drawAnswers({ seed: 7, classes: 3, clips: 1 }) },
  { title: "two hundred classes", answers: drawAnswers({ seed: 8, classes: 200, clips: 400, step: 0.25 }) },
];

export function drawAnswers({ seed, classes, clips, present, step }: CaseOptions): Answers {
  const random = createRandom(seed, "answer-cases");
  const choices = present ?? Array.from({ length: classes }, (_, index) => index);
  const truth = Array.from({ length: clips }, () => choices[random.integer(choices.length)] ?? 0);
  const logits = truth.map((actual) =>
    Array.from({ length: classes }, (_, index) => {
      const logit = random.normal() + (index === actual ? 1 : 0);
      return step === undefined ? logit : Math.round(logit / step) * step;
    }),
  );
  return { classes, truth, logits };
}
