import { at } from "../../common/at.ts";
import { type Matrix, stackRows, takeRows } from "../../heads/matrix.ts";
import { fitTemperature, toProbabilities } from "../../heads/temperature.ts";
import { background, chooseRejection, chooseThresholds, type ThresholdGoal } from "../../heads/thresholds.ts";
import { measureCalibration } from "../../report/metrics/calibration.ts";
import type { CalibrationFile } from "../../run-files/calibration.ts";
import type { BackgroundAnswer } from "./score-background.ts";

/** A clip that the network was not trained on. */
export interface UnseenClip {
  readonly label: string;
  readonly fold: number;
  readonly logits: readonly number[];
}

interface CalibrationInput {
  readonly labels: readonly string[];
  readonly clips: readonly UnseenClip[];
  readonly background: readonly BackgroundAnswer[];
  readonly goal: ThresholdGoal;
  /** Length of a window of background. */
  readonly windowSeconds: number;
}

/**
 * Temperature and thresholds from clips that the network was not trained on, and from background. Where the clips are
 * of several folds, the reliability after scaling is that of each fold by the temperature of the others.
 */
export function calibrate({
  labels,
  clips,
  background: windows,
  goal,
  windowSeconds,
}: CalibrationInput): Omit<CalibrationFile, "source" | "from"> {
  const logits = stackRows(clips.map((clip) => clip.logits));
  const truth = clips.map(({ label }) => labels.indexOf(label));
  const temperature = fitTemperature(logits, truth);
  const all = divide(stackRows([...clips, ...windows].map((row) => row.logits)), temperature);
  const classes = [...truth, ...windows.map(() => background)];
  const probabilities = toProbabilities(all);
  const rejection = chooseRejection(probabilities, classes, goal);
  const thresholds = chooseThresholds(probabilities, classes, { least: rejection.threshold, goal });
  const isNamed = windows.map((_, index) => {
    const row = clips.length + index;
    const own = probabilities.values.subarray(row * labels.length, (row + 1) * labels.length);
    const top = own.indexOf(Math.max(...own));
    return at(own, top) >= at(thresholds, top).threshold;
  });
  const kinds = [...new Set(windows.map(({ kind }) => kind))];
  const named = isNamed.filter(Boolean).length;
  return {
    clips: clips.length,
    temperature,
    goal: goal === "best-f1" ? "best F1" : `precision ${goal.precision}`,
    rejection,
    classes: thresholds.map((threshold, index) => ({ label: at(labels, index), ...threshold })),
    reliability: {
      before: measureReliability(logits, truth),
      after: measureReliability(divideAcrossFolds(logits, truth, clips, temperature), truth),
    },
    background: kinds.map((kind) => ({
      kind,
      windows: windows.filter((window) => window.kind === kind).length,
      named: windows.filter((window, index) => window.kind === kind && at(isNamed, index)).length,
    })),
    falseAlarmsPerHour: windows.length === 0 ? 0 : (3600 * named) / (windows.length * windowSeconds),
  };
}

const divide = (logits: Matrix, temperature: number): Matrix => ({
  ...logits,
  values: logits.values.map((logit) => logit / temperature),
});

/** Each fold's logits by the temperature that the other folds give; those of a single fold by its own. */
function divideAcrossFolds(
  logits: Matrix,
  truth: readonly number[],
  clips: readonly UnseenClip[],
  temperature: number,
): Matrix {
  const folds = new Set(clips.map(({ fold }) => fold));
  if (folds.size < 2) return divide(logits, temperature);
  const values = logits.values.slice();
  for (const fold of folds) {
    const others = [...clips.keys()].filter((row) => clips[row]?.fold !== fold);
    const own = fitTemperature(
      takeRows(logits, others),
      others.map((row) => at(truth, row)),
    );
    for (const [row, clip] of clips.entries())
      if (clip.fold === fold)
        for (let index = row * logits.columns; index < (row + 1) * logits.columns; index++)
          values[index] = at(values, index) / own;
  }
  return { ...logits, values };
}

function measureReliability(
  logits: Matrix,
  truth: readonly number[],
): CalibrationFile["reliability"]["before"] {
  const rows = Array.from({ length: logits.rows }, (_, row) => [
    ...logits.values.subarray(row * logits.columns, (row + 1) * logits.columns),
  ]);
  const { bins, expectedError } = measureCalibration({ classes: logits.columns, logits: rows, truth });
  if (expectedError === null) throw new RangeError("clips: expected at least one, got none");
  return {
    bins: bins.map(({ clips, confidence, accuracy }) => ({ clips, confidence, accuracy })),
    expectedError,
  };
}
