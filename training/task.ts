import * as tf from "@tensorflow/tfjs";
import { at } from "../common/at.ts";
import { computeBinaryCrossEntropy, type Labelling } from "../common/labelling.ts";
import type { TrainingJob } from "../run-files/job.ts";
import { computeLabelSetMetrics } from "./scoring/label-set-metrics.ts";
import { computeLogSum, computeMetrics, findTopClass, type ClipMetrics } from "./scoring/metrics.ts";

/** What training and scoring do otherwise where clips have one class and where they may have several. */
export interface Task {
  /**
   * Target of a clip of these classes, a number for each class. `smoothing` of it is spread over what else the clip
   * might be: over all classes (Szegedy et al. 2016), or over yes and no of each class.
   */
  readonly encode: (labels: readonly number[], classes: number, smoothing: number) => readonly number[];
  /** Logits to probabilities, in the engine. */
  readonly activate: (logits: tf.Tensor) => tf.Tensor;
  /** Mean over the batch. @param logits, targets [clips, classes] */
  readonly computeLoss: (logits: tf.Tensor, targets: tf.Tensor) => tf.Scalar;
  /** The loss of one clip, and whether its answer is that of its target. */
  readonly measureRow: (logits: Float32Array, target: Float32Array) => RowMeasure;
  /** @param labels of each clip */
  readonly computeMetrics: (
    logits: Float32Array,
    labels: readonly (readonly number[])[],
    classes: number,
  ) => ClipMetrics;
}

interface RowMeasure {
  /** Terms, to be added to the sum over the batch one by one. */
  readonly losses: readonly number[];
  readonly isRight: boolean;
}

/** Softmax and cross-entropy: the target of a clip of no class favours none. */
const oneLabel: Task = {
  encode: (labels, classes, smoothing) =>
    Array.from({ length: classes }, (_, index) =>
      labels.length === 0 ? 1 / classes : smoothing / classes + (labels.includes(index) ? 1 - smoothing : 0),
    ),
  activate: (logits) => tf.softmax(logits),
  computeLoss: (logits, targets) =>
    tf
      .logSoftmax(logits)
      .mul(targets)
      .sum()
      .mul(-1 / at(targets.shape, 0))
      .asScalar(),
  measureRow(logits, target) {
    const logSum = computeLogSum(logits);
    const losses: number[] = [];
    target.forEach((fraction, label) => {
      if (fraction > 0) losses.push(fraction * (logSum - at(logits, label)));
    });
    return { losses, isRight: findTopClass(logits) === findTopClass(target) };
  },
  computeMetrics: (logits, labels, classes) =>
    computeMetrics(
      logits,
      labels.map((own) => at(own, 0)),
      classes,
    ),
};

/** Sigmoid and binary cross-entropy, the mean over the classes: each class is a question of its own. */
const severalLabels: Task = {
  encode: (labels, classes, smoothing) =>
    Array.from(
      { length: classes },
      (_, index) => smoothing / 2 + (labels.includes(index) ? 1 - smoothing : 0),
    ),
  activate: (logits) => tf.sigmoid(logits),
  computeLoss: (logits, targets) =>
    // log(1 + exp(x)) - t x, of which neither part overflows.
    tf
      .softplus(logits)
      .sub(logits.mul(targets))
      .sum()
      .mul(1 / (at(targets.shape, 0) * at(targets.shape, 1)))
      .asScalar(),
  measureRow: (logits, target) => ({
    losses: [computeBinaryCrossEntropy(logits, target)],
    isRight: logits.every((logit, index) => logit >= 0 === at(target, index) >= 0.5),
  }),
  computeMetrics: computeLabelSetMetrics,
};

const tasks: Record<Labelling, Task> = { one: oneLabel, several: severalLabels };

/** The task of a job: by default, clips have one class. */
export function getTask({ labelling = "one" }: Pick<TrainingJob, "labelling">): Task {
  return tasks[labelling];
}
