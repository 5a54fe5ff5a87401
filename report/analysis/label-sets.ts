import { at } from "../../common/at.ts";
import { type AnswerCounts, averageDefined, countAnswers, rateAnswers } from "../../common/binary-answers.ts";
import { computeProbabilities } from "../../common/labelling.ts";
import type { Prediction, Split } from "../../run-files/prediction.ts";
import { binStatements, type Calibration } from "../metrics/calibration.ts";
import { poolQuestions } from "../metrics/one-vs-rest.ts";
import { type PrecisionRecallReport, tracePrecisionRecalls } from "../metrics/precision-recall.ts";
import { type RocReport, traceRocs } from "../metrics/roc.ts";
import type { JobRun, RunResult } from "../run/run-result.ts";

/** How one class is found in clips that may have several; null where there is nothing to divide by. */
interface LabelScore {
  readonly label: string;
  /** Clips that have it. */
  readonly clips: number;
  /** Area under the precision-recall curve: needs no threshold. */
  readonly averagePrecision: number | null;
  /** Probability from which it is named, and what that gives. */
  readonly threshold: number;
  readonly precision: number | null;
  readonly recall: number | null;
  readonly f1: number | null;
}

/** What some jobs answered to clips that may have several classes. */
export interface LabelSetEvaluation {
  readonly split: Split;
  readonly distinctClips: number;
  /** Whether the thresholds are those of the exported model; else all are 0.5. */
  readonly hasThresholds: boolean;
  readonly classes: readonly LabelScore[];
  /** Mean of the classes' average precisions, of those that a clip has. */
  readonly meanAveragePrecision: number | null;
  /** Mean F1 of the classes that occur in truth or answers, and F1 of all answers together. */
  readonly macroF1: number | null;
  readonly microF1: number | null;
  /** Fraction of the clips of which exactly the right classes are named. */
  readonly allRight: number;
  readonly roc: RocReport;
  readonly precisionRecall: PrecisionRecallReport;
  readonly calibration: Calibration;
}

/** Without thresholds of its own, a class is named from here on. */
const evenThreshold = 0.5;

/**
 * Test clips where there are any, else validation clips, by the temperature and the thresholds of the run's exported
 * model; null where clips have one class each, or none was scored.
 */
export function evaluateLabelSets(
  jobs: readonly JobRun[],
  { data: { labels }, calibration }: Pick<RunResult, "data" | "calibration">,
): LabelSetEvaluation | null {
  const all = jobs.flatMap(({ predictions }) => predictions).filter((one) => one.labels !== undefined);
  const split = all.some((one) => one.split === "test") ? "test" : "validation";
  const clips = all.filter((one) => one.split === split && one.logits.length === labels.length);
  if (clips.length === 0) return null;
  const thresholds = labels.map((_, index) => calibration?.classes[index]?.threshold ?? evenThreshold);
  const probabilities = clips.map(({ logits }) =>
    computeProbabilities(logits, { labelling: "several", temperature: calibration?.temperature }),
  );
  const questions = labels.map((label, index) => ({
    scores: probabilities.map((row) => at(row, index)),
    positives: clips.map((clip) => hasLabel(clip, label)),
  }));
  const named = questions.map(({ scores }, index) => scores.map((score) => score >= at(thresholds, index)));
  const counts = questions.map(({ positives }, index) => countAnswers(at(named, index), positives));
  const pooled = poolQuestions(questions);
  const precisionRecall = tracePrecisionRecalls(pooled);
  const classes = labels.map((label, index) => ({
    label,
    averagePrecision: precisionRecall.classes[index]?.averagePrecision ?? null,
    threshold: at(thresholds, index),
    clips: at(counts, index).actual,
    ...rateAnswers(at(counts, index)),
  }));
  const sum = (read: (count: AnswerCounts) => number) => counts.reduce((total, one) => total + read(one), 0);
  const isRight = (clip: number): boolean =>
    questions.every(({ positives }, index) => at(at(named, index), clip) === at(positives, clip));
  return {
    split,
    distinctClips: new Set(clips.map(({ id }) => id)).size,
    hasThresholds: calibration !== null,
    classes,
    meanAveragePrecision: precisionRecall.macroAveragePrecision,
    macroF1: averageDefined(classes.map(({ f1 }) => f1)),
    microF1: rateAnswers({
      actual: sum((one) => one.actual),
      answered: sum((one) => one.answered),
      right: sum((one) => one.right),
    }).f1,
    allRight: clips.filter((_, clip) => isRight(clip)).length / clips.length,
    roc: traceRocs(pooled),
    precisionRecall,
    calibration: binStatements(
      questions.flatMap(({ scores, positives }) =>
        scores.map((confidence, clip) => ({ confidence, isRight: at(positives, clip) })),
      ),
    ),
  };
}

const hasLabel = ({ labels = [] }: Prediction, label: string): boolean => labels.includes(label);
