import { at } from "../../common/at.ts";
import { averageDefined } from "../../common/binary-answers.ts";
import { pickClass, type Answers } from "../metrics/answers.ts";
import { measureCalibration, type Calibration } from "../metrics/calibration.ts";
import { scoreClasses, scoreOverall, type ClassScore, type OverallScore } from "../metrics/class-scores.ts";
import { countConfusions, type ConfusionMatrix } from "../metrics/confusion-matrix.ts";
import { boundFraction, type Interval } from "../../common/bound-fraction.ts";
import { bootstrap } from "../metrics/intervals.ts";
import { averageLoss } from "../metrics/log-loss.ts";
import { askOneVsRest } from "../metrics/one-vs-rest.ts";
import { tracePrecisionRecalls, type PrecisionRecallReport } from "../metrics/precision-recall.ts";
import { traceRocs, type RocReport } from "../metrics/roc.ts";
import type { PooledAnswers } from "./variant.ts";

/** Everything a report says about one set of answers. */
export interface Evaluation {
  readonly overall: OverallScore;
  /** 95 % interval of the accuracy, for as many clips as are different. */
  readonly accuracyInterval: Interval | null;
  readonly macroF1Interval: Interval | null;
  readonly classes: readonly ClassScore[];
  /** 95 % bootstrap interval of each class's F1. */
  readonly f1Intervals: readonly (Interval | null)[];
  readonly confusion: ConfusionMatrix;
  readonly loss: number | null;
  readonly roc: RocReport;
  readonly precisionRecall: PrecisionRecallReport;
  readonly calibration: Calibration;
}

const bootstrapOptions = { resamples: 1000, seed: 0 } as const;

export function evaluateAnswers({ answers, predictions, distinctClips }: PooledAnswers): Evaluation {
  const confusion = countConfusions(answers);
  const overall = scoreOverall(confusion);
  const questions = askOneVsRest(answers);
  const [macroF1Interval = null, ...f1Intervals] = boundF1(
    answers,
    predictions.map(({ id }) => id),
  );
  return {
    overall,
    accuracyInterval: boundFraction((overall.accuracy ?? 0) * distinctClips, distinctClips),
    macroF1Interval,
    classes: scoreClasses(confusion),
    f1Intervals,
    confusion,
    loss: averageLoss(answers),
    roc: traceRocs(questions),
    precisionRecall: tracePrecisionRecalls(questions),
    calibration: measureCalibration(answers),
  };
}

/** Macro F1, then each class's; clips are resampled whole, with all answers that several jobs gave to them. */
function boundF1({ truth, logits, classes }: Answers, ids: readonly string[]): (Interval | null)[] {
  const picks = logits.map(pickClass);
  const rowsOfClip = groupRows(ids);
  const count = (counts: Uint32Array, index: number | undefined): void => {
    if (index !== undefined) counts[index] = at(counts, index) + 1;
  };
  return bootstrap(
    rowsOfClip.length,
    (drawn) => {
      const hits = new Uint32Array(classes);
      const claims = new Uint32Array(classes); // clips of a class plus answers of it
      for (const clip of drawn) {
        for (const row of at(rowsOfClip, clip)) {
          count(claims, truth[row]);
          count(claims, picks[row]);
          if (truth[row] === picks[row]) count(hits, truth[row]);
        }
      }
      const scores = Array.from(claims, (claim, index) =>
        claim === 0 ? null : (2 * at(hits, index)) / claim,
      );
      return [averageDefined(scores), ...scores];
    },
    bootstrapOptions,
  );
}

/** Rows of each different id. */
function groupRows(ids: readonly string[]): number[][] {
  const groups = new Map<string, number[]>();
  for (const [row, id] of ids.entries()) {
    const group = groups.get(id);
    if (group === undefined) groups.set(id, [row]);
    else group.push(row);
  }
  return [...groups.values()];
}
