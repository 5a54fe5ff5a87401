import * as tf from "@tensorflow/tfjs";
import { at } from "../../common/at.ts";
import type { Batch } from "../data/batch.ts";
import { compileStep } from "../engine.ts";
import { applyModel } from "../scoring/predict-logits.ts";
import { getTask, type Task } from "../task.ts";
import { applyWithRegression } from "./embedding-regression.ts";
import type { TrainingState } from "./training-state.ts";
import { computeAverageRate, updateAverage } from "./weight-average.ts";
import { MultiHeadAttention } from "../../models/layers/multi-head-attention.ts";
import { SeededDropout } from "../../models/layers/seeded-dropout.ts";

export interface StepOutcome {
  /** Without those of background, which have no class. */
  readonly examples: number;
  /** Mean cross-entropy of the batch, background included; without the loss of a regression to embeddings. */
  readonly loss: number;
  /** Examples whose answer is that of their target: `Task.measureRow`. */
  readonly correct: number;
}

/**
 * One step of training: forward, backward, update. The promise resolves when the engine has finished; the next step
 * may be started before that.
 * @param step number of the step in the whole run, from 0
 */
export type TrainStep = (batch: Batch, learningRate: number, step: number) => Promise<StepOutcome>;

/** The steps of a state. All that changes from one to the next goes in as a tensor, so that the engine can compile them. */
export function createTrainStep(state: TrainingState): TrainStep {
  const { model, optimiser, job } = state;
  const task = getTask(job);
  const maxDecay = job.weightAverage?.maxDecay ?? 0; // without an average, its rate is not used
  const compiled = compileStep<[tf.Tensor, tf.Tensor, tf.Tensor, ...tf.Tensor[]]>(
    (input, targets, averageRate, ...rates) => {
      const { logits, gradients } = computeGradients(state, input, targets);
      const { clipGradientNorm } = job;
      optimiser.update(
        clipGradientNorm === null ? gradients : clipGradients(gradients, clipGradientNorm),
        rates,
      );
      if (state.averaged !== null)
        updateAverage(state.averaged.stored, state.stored, state.trained, averageRate);
      return [logits];
    },
  );
  return async (batch, learningRate, step) => {
    startDropoutStep(model, step, batch.shape);
    const clips = batch.shape[0];
    const [logits] = tf.tidy(() =>
      compiled(
        tf.tensor3d(batch.values, [...batch.shape]),
        tf.tensor2d(batch.targets, [clips, batch.targets.length / clips]),
        tf.scalar(computeAverageRate(step, maxDecay)),
        ...optimiser.listRates(learningRate, step).map((rate) => tf.scalar(rate)),
      ),
    );
    if (logits === undefined) throw new Error("the network gave no logits");
    const values = await logits.data<"float32">();
    logits.dispose();
    return measureStep(values, batch, task);
  };
}

function computeGradients(
  { model, weights, regression, job }: TrainingState,
  input: tf.Tensor,
  targets: tf.Tensor,
): { logits: tf.Tensor; gradients: tf.Tensor[] } {
  const { computeLoss } = getTask(job);
  const variables = weights.map(({ variable }) => variable);
  const outputs: tf.Tensor[] = [];
  const { grads } = tf.variableGrads(() => {
    if (regression === null || job.teacherBackbone === null) {
      const logits = applyModel(model, input, true);
      outputs.push(tf.keep(logits));
      return computeLoss(logits, targets);
    }
    const { logits, embeddings } = applyWithRegression(regression, input);
    outputs.push(tf.keep(logits));
    const { classes } = job.network;
    const wanted = targets.slice([0, classes], [-1, -1]);
    const loss = computeLoss(logits, targets.slice([0, 0], [-1, classes]));
    return loss.add(computeRegressionLoss(embeddings, wanted).mul(job.teacherBackbone.embeddingWeight));
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

/** Mean over the batch of the squared distance; 1 where nothing but the mean is known. */
function computeRegressionLoss(embeddings: tf.Tensor, wanted: tf.Tensor): tf.Scalar {
  const clips = at(wanted.shape, 0);
  return embeddings
    .sub(wanted)
    .square()
    .sum()
    .mul(1 / clips)
    .asScalar();
}

function measureStep(
  logits: Float32Array,
  { targets, negatives, shape: [rows] }: Batch,
  { measureRow }: Task,
): StepOutcome {
  const classes = logits.length / rows;
  const width = targets.length / rows;
  const examples = rows - negatives;
  let loss = 0;
  let correct = 0;
  for (let index = 0; index < rows; index++) {
    const row = logits.subarray(index * classes, (index + 1) * classes);
    const target = targets.subarray(index * width, index * width + classes);
    const { losses, isRight } = measureRow(row, target);
    for (const term of losses) loss += term / rows;
    if (index < examples && isRight) correct++;
  }
  return { examples, loss, correct };
}

/**
 * Scales all gradients by min(1, limit / norm), norm = sqrt of the sum of all their squares (Pascanu et al. 2013), as
 * torch.nn.utils.clip_grad_norm_ does. Nothing is read back, so the engine need not stop. Call inside `tf.tidy`.
 */
export function clipGradients(gradients: readonly tf.Tensor[], limit: number): tf.Tensor[] {
  const squares = gradients.map((gradient) => gradient.square().sum().asScalar());
  const norm = tf.addN(squares).sqrt();
  const scale = tf.minimum(1, tf.div(limit, norm.add(1e-6)));
  return gradients.map((gradient) => gradient.mul(scale));
}

/**
 * Draws the masks of every layer that drops values, for the training step that comes next: they depend on seed and step
 * alone. @param inputShape of the step's batch, for a short one has masks of its own
 */
export function startDropoutStep(model: tf.LayersModel, step: number, inputShape: readonly number[]): void {
  for (const layer of model.layers)
    if (layer instanceof SeededDropout || layer instanceof MultiHeadAttention)
      layer.masks.startStep(step, inputShape.join());
}
