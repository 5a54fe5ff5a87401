import { pickClass, type Answers } from "../metrics/answers.ts";
import { measureCalibration, type Calibration } from "../metrics/calibration.ts";
import { scoreClasses, scoreOverall, type ClassScore, type OverallScore } from "../metrics/class-scores.ts";
import { countConfusions, type ConfusionMatrix } from "../metrics/confusion-matrix.ts";
import { bootstrap, boundShare, type Interval } from "../metrics/intervals.ts";
import { averageLoss } from "../metrics/log-loss.ts";
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
  const [macroF1Interval = null, ...f1Intervals] = boundF1(
    answers,
    predictions.map(({ id }) => id),
  );
  return {
    overall,
    accuracyInterval: boundShare((overall.accuracy ?? 0) * distinctClips, distinctClips),
    macroF1Interval,
    classes: scoreClasses(confusion),
    f1Intervals,
    confusion,
    loss: averageLoss(answers),
    roc: traceRocs(answers),
    precisionRecall: tracePrecisionRecalls(answers),
    calibration: measureCalibration(answers),
  };
}

/** Macro F1, then each class's; clips are resampled whole, with all answers that several jobs gave to them. */
function boundF1(answers: Answers, ids: readonly string[]): (Interval | null)[] {
  const picks = answers.logits.map(pickClass);
  const rowsOfClip = groupRows(ids);
  return bootstrap(
    rowsOfClip.length,
    (drawn) => {
      const matrix = Array.from({ length: answers.classes }, () =>
        new Array<number>(answers.classes).fill(0),
      );
      for (const clip of drawn) {
        for (const row of rowsOfClip[clip] ?? []) {
          const counts = matrix[answers.truth[row] ?? 0];
          const pick = picks[row] ?? 0;
          if (counts !== undefined) counts[pick] = (counts[pick] ?? 0) + 1;
        }
      }
      return [scoreOverall(matrix).macroF1, ...scoreClasses(matrix).map(({ f1 }) => f1)];
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
