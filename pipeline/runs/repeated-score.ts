import { at } from "../../common/at.ts";
import { boundFraction } from "../../common/bound-fraction.ts";
import type { Labelling } from "../../common/labelling.ts";
import { getTask } from "../../training/task.ts";

/** Answers for clips by classifiers that did not train on them. */
export interface UnseenAnswers {
  /** Class indices of each clip. */
  readonly labels: readonly (readonly number[])[];
  /** Row-major [clips, classes]. */
  readonly logits: Float32Array;
}

/** Means over the repeats of a cross-validation. */
export interface RepeatedScore {
  readonly repeats: number;
  readonly clips: number;
  /** Of clips that may have several classes: all are right, and no other. */
  readonly accuracy: number;
  /** 95 % interval of the accuracy, for as many clips as there are: repeats ask the same clips again. */
  readonly low: number;
  readonly high: number;
  readonly macroF1: number;
  readonly loss: number;
  readonly meanAveragePrecision: number | undefined;
}

/** @param repeats the answers of each, at least one @throws RangeError without answers */
export function measureRepeats(
  repeats: readonly UnseenAnswers[],
  { classes, labelling }: { readonly classes: number; readonly labelling: Labelling },
): RepeatedScore {
  const measured = repeats.map(({ logits, labels }) =>
    getTask({ labelling }).computeMetrics(logits, labels, classes),
  );
  const average = (values: readonly number[]): number =>
    values.reduce((sum, value) => sum + value / values.length, 0);
  const accuracy = average(measured.map((metrics) => metrics.accuracy));
  const { clips } = at(measured, 0);
  const interval = boundFraction(accuracy * clips, clips);
  if (interval === null) throw new RangeError("repeats: expected clips that were asked, got none");
  const precisions = measured.flatMap(({ meanAveragePrecision: value }) =>
    typeof value === "number" ? [value] : [],
  );
  return {
    repeats: repeats.length,
    clips,
    accuracy,
    ...interval,
    macroF1: average(measured.map((metrics) => metrics.macroF1)),
    loss: average(measured.map((metrics) => metrics.loss)),
    meanAveragePrecision: precisions.length === 0 ? undefined : average(precisions),
  };
}

/** By the names of summaries and of a model's metadata. */
export function nameScore(score: RepeatedScore): Record<string, number> {
  const { repeats, clips, accuracy, low, high, macroF1, loss, meanAveragePrecision } = score;
  return {
    testRepeats: repeats,
    testClips: clips,
    testAccuracy: accuracy,
    testAccuracyLow: low,
    testAccuracyHigh: high,
    testMacroF1: macroF1,
    testLoss: loss,
    ...(meanAveragePrecision !== undefined && { testMeanAveragePrecision: meanAveragePrecision }),
  };
}

/** `81.3 % of 16 clips right, 95 % interval 57.0 to 93.4`. */
export function formatScore({ clips, accuracy, low, high, meanAveragePrecision }: RepeatedScore): string {
  const percent = (fraction: number): string => (100 * fraction).toFixed(1);
  const precision =
    meanAveragePrecision === undefined ? "" : `mean average precision ${meanAveragePrecision.toFixed(3)}, all classes of `;
  return (
    `${precision}${percent(accuracy)} % of ${clips} clips right, 95 % interval ${percent(low)} to ${percent(high)}`
  );
}
