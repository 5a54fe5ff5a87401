import * as tf from "@tensorflow/tfjs";
import { setDropoutStep } from "../models/set-dropout-step.ts";
import type { Batch } from "./batch.ts";
import { clipGradients } from "./clip-gradients.ts";
import { findTopClass } from "./metrics.ts";
import { applyModel } from "./predict-logits.ts";
import type { TrainingState } from "./training-state.ts";
import { updateAverage } from "./weight-average.ts";

export interface StepOutcome {
  readonly examples: number;
  /** Mean cross-entropy of the batch. */
  readonly loss: number;
  /** Examples whose largest logit is at their largest target. */
  readonly correct: number;
}

/**
 * One step of training: forward, backward, update. The promise resolves when the engine has finished; the next step
 * may be started before that.
 * @param step number of the step in the whole run, from 0
 */
export async function runTrainStep(
  state: TrainingState,
  batch: Batch,
  learningRate: number,
  step: number,
): Promise<StepOutcome> {
  setDropoutStep(state.model, step);
  const logits = tf.tidy(() => {
    const { logits, gradients } = computeGradients(state, batch);
    updateWeights(state, gradients, learningRate, step);
    return logits;
  });
  const values = await logits.data<"float32">();
  logits.dispose();
  return measureStep(values, batch);
}

function updateWeights(
  state: TrainingState,
  gradients: tf.Tensor[],
  learningRate: number,
  step: number,
): void {
  const { clipGradientNorm, weightAverage } = state.job;
  const clipped = clipGradientNorm === null ? gradients : clipGradients(gradients, clipGradientNorm);
  state.optimiser.update(clipped, learningRate, step);
  if (state.averaged === null || weightAverage === null) return;
  const { maxDecay } = weightAverage;
  updateAverage(state.averaged.stored, state.stored, state.trained, { step, maxDecay });
}

function computeGradients(state: TrainingState, batch: Batch): { logits: tf.Tensor; gradients: tf.Tensor[] } {
  const variables = state.weights.map(({ variable }) => variable);
  const input = tf.tensor3d(batch.values, [...batch.shape]);
  const clips = batch.shape[0];
  const targets = tf.tensor2d(batch.targets, [clips, batch.targets.length / clips]);
  const outputs: tf.Tensor[] = [];
  const { grads } = tf.variableGrads(() => {
    const logits = applyModel(state.model, input, true);
    outputs.push(tf.keep(logits));
    return computeLoss(logits, targets);
  }, variables);
  const [logits] = outputs;
  if (logits === undefined) throw new Error("the network gave no logits");
  const gradients = variables.map(({ name }) => {
    const gradient = grads[name];
    if (gradient === undefined) throw new Error(`${name}: no gradient`);
    return gradient;
  });
  return { logits, gradients };
}

/** Mean over the batch of -sum(target log softmax(logits)). */
function computeLoss(logits: tf.Tensor, targets: tf.Tensor2D): tf.Scalar {
  const [clips] = targets.shape;
  return tf
    .logSoftmax(logits)
    .mul(targets)
    .sum()
    .mul(-1 / clips)
    .asScalar();
}

function measureStep(logits: Float32Array, { targets, shape: [examples] }: Batch): StepOutcome {
  const classes = targets.length / examples;
  let loss = 0;
  let correct = 0;
  for (let start = 0; start < targets.length; start += classes) {
    const row = logits.subarray(start, start + classes);
    const target = targets.subarray(start, start + classes);
    const max = Math.max(...row);
    const logSum = max + Math.log(row.reduce((sum, value) => sum + Math.exp(value - max), 0));
    target.forEach((share, index) => {
      if (share > 0) loss += (share * (logSum - (row[index] ?? 0))) / examples;
    });
    if (findTopClass(row) === findTopClass(target)) correct++;
  }
  return { examples, loss, correct };
}
