import { at } from "../common/at.ts";
import { computeBinaryCrossEntropy } from "../common/labelling.ts";
import { type LinearHead, scaleLogits } from "./linear-head.ts";
import { fitPath } from "./logistic-regression.ts";
import { type Matrix, viewRow } from "./matrix.ts";
import type { MinimiseOptions } from "./minimise.ts";
import { divideLogits, fitSigmoidTemperature } from "./temperature.ts";
import {
  compared,
  dealInnerFolds,
  prepareClips,
  scoreUnseen,
  settings,
  type TrainedHead,
  type TrainingClips,
  usualSettings,
} from "./train-head.ts";

/** Pooled embeddings with the classes of each, any number of them, and its recording. */
export interface LabelSetClips extends Omit<TrainingClips, "labels"> {
  readonly labels: readonly (readonly number[])[];
}

type LabelSetRows = Omit<LabelSetClips, "groups">;

/**
 * Trains a head where a sound may have several classes, or none: each class is a question of its own, a logistic
 * regression of yes and no, and its logit is that of the yes, so that a sigmoid gives the probability. The strength of
 * the regularisation is the same for all, the one with the least binary cross-entropy in an inner cross-validation by
 * recording, whose logits also give the temperature (`fitSigmoidTemperature`). Background is answered no.
 *
 *     const { head } = trainLabelSetHead({ rows, labels: [[0], [0, 1], []], classes: 2, groups: ["a", "b", "c"] });
 *
 * @throws RangeError for a class without rows
 */
export function trainLabelSetHead(
  clips: LabelSetClips,
  { seed = 0 }: { readonly seed?: number } = {},
): TrainedHead {
  const kind = "logistic-regression";
  const { scarcest, compressed, expandHead } = prepareClips(clips);
  const fitAll = (strength: number): LinearHead => expandHead(at(fitQuestions(compressed, [strength]), 0));
  if (scarcest < 2) {
    const strength = usualSettings[kind];
    return { head: fitAll(strength), kind, strength, temperature: 1, unseenLogits: undefined };
  }
  const { classes, background } = compressed;
  const { scored: logitsOf } = scoreUnseen(compressed, dealInnerFolds(compressed, seed), (rows, labels) =>
    fitQuestions({ rows, labels, classes, ...(background && { background }) }, settings[kind], compared),
  );
  const scored = logitsOf.map((logits, index) => {
    const strength = at(settings[kind], index);
    const temperature = fitSigmoidTemperature(logits, clips.labels);
    return { strength, temperature, unseen: divideLogits(logits, temperature) };
  });
  const losses = scored.map(({ unseen }) => measureLoss(unseen, clips.labels));
  const { strength, temperature, unseen } = at(scored, losses.indexOf(Math.min(...losses)));
  return {
    head: scaleLogits(fitAll(strength), temperature),
    kind,
    strength,
    temperature,
    unseenLogits: unseen,
  };
}

/**
 * One head for each strength: a row of weights for each class, those of scikit-learn's `LogisticRegression(C = 2 strength)`
 * of yes and no. Background together counts as much as half of the rows.
 */
export function fitQuestions(
  { rows, labels, classes, background }: LabelSetRows,
  strengths: readonly number[],
  options: MinimiseOptions = {},
): LinearHead[] {
  const { columns } = rows;
  const heads = strengths.map(() => ({
    weights: { rows: classes, columns, values: new Float64Array(classes * columns) },
    bias: new Float64Array(classes),
  }));
  for (let label = 0; label < classes; label++) {
    const question = {
      rows,
      labels: labels.map((own) => Number(own.includes(label))),
      classes: 2,
      ...(background && { background, backgroundLabel: 0 }),
    };
    for (const [index, { weights, bias }] of fitPath(question, strengths, options).entries()) {
      const no = viewRow(weights, 0);
      const head = at(heads, index);
      viewRow(head.weights, label).set(viewRow(weights, 1).map((weight, column) => weight - at(no, column)));
      head.bias[label] = at(bias, 1) - at(bias, 0);
    }
  }
  return heads;
}

function measureLoss(logits: Matrix, labels: readonly (readonly number[])[]): number {
  const targets = labels.flatMap((own) =>
    Array.from({ length: logits.columns }, (_, label) => Number(own.includes(label))),
  );
  return computeBinaryCrossEntropy(logits.values, targets);
}
