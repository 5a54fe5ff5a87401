import { at } from "../../common/at.ts";
import { type Labelling, sigmoid } from "../../common/labelling.ts";
import { type Matrix, takeRows, viewRow } from "../../heads/matrix.ts";
import { fitSigmoidTemperature, fitTemperature } from "../../heads/temperature.ts";
import { binStatements, measureCalibration } from "../../report/metrics/calibration.ts";
import type { CalibrationFile } from "../../run-files/calibration.ts";

/** Logits of clips, [clips, classes], and the classes of each. */
export interface LabelledLogits {
  readonly labelling: Labelling;
  readonly logits: Matrix;
  readonly labels: readonly (readonly number[])[];
}

/** The temperature by which the probabilities of clips are true on average. */
export function fitClipTemperature({ logits, labels, labelling }: LabelledLogits): number {
  return labelling === "several"
    ? fitSigmoidTemperature(logits, labels)
    : fitTemperature(
        logits,
        labels.map((own) => at(own, 0)),
      );
}

/** @returns logits / temperature */
export const divide = (logits: Matrix, temperature: number): Matrix => ({
  ...logits,
  values: logits.values.map((logit) => logit / temperature),
});

/** Each fold's logits by the temperature that the other folds give; those of a single fold by its own. */
export function divideAcrossFolds(
  { logits, labels, labelling }: LabelledLogits,
  clips: readonly { readonly fold: number }[],
  temperature: number,
): Matrix {
  const folds = new Set(clips.map(({ fold }) => fold));
  if (folds.size < 2) return divide(logits, temperature);
  const values = logits.values.slice();
  for (const fold of folds) {
    const others = [...clips.keys()].filter((row) => clips[row]?.fold !== fold);
    const own = fitClipTemperature({
      labelling,
      logits: takeRows(logits, others),
      labels: others.map((row) => at(labels, row)),
    });
    for (const [row, clip] of clips.entries())
      if (clip.fold === fold)
        for (let index = row * logits.columns; index < (row + 1) * logits.columns; index++)
          values[index] = at(values, index) / own;
  }
  return { ...logits, values };
}

/**
 * How often what is stated with a probability is so: of the most probable class of each clip, or of every class of each
 * clip where these may have several.
 */
export function measureReliability(
  logits: Matrix,
  truth: readonly (readonly number[])[],
  labelling: Labelling = "one",
): CalibrationFile["reliability"]["before"] {
  const rows = Array.from({ length: logits.rows }, (_, row) => [...viewRow(logits, row)]);
  const { bins, expectedError } =
    labelling === "several"
      ? binStatements(
          rows.flatMap((row, clip) =>
            row.map((logit, label) => ({
              confidence: sigmoid(logit),
              isRight: at(truth, clip).includes(label),
            })),
          ),
        )
      : measureCalibration({
          classes: logits.columns,
          logits: rows,
          truth: truth.map((own) => at(own, 0)),
        });
  if (expectedError === null) throw new RangeError("clips: expected at least one, got none");
  return {
    bins: bins.map(({ clips, confidence, accuracy }) => ({ clips, confidence, accuracy })),
    expectedError,
  };
}
