/** A network and an optimiser, as any TF.js program writes their training step, and the batch that is learned. */
import * as tf from "@tensorflow/tfjs";
import { at } from "../../common/at.ts";
import { createNetwork } from "../../models/create-network.ts";
import { networkConfigSchema } from "../../models/network-config.ts";
import { optimiserSchema } from "../../run-files/optimiser-config.ts";
import { compileStep, type Step } from "../../tfjs-backend-onnxruntime/index.ts";
import { createOptimiser } from "../../training/loop/optimisers/create-optimiser.ts";
import { applyModel } from "../../training/scoring/predict-logits.ts";

const batch = { clips: 32, frames: 214, bands: 96, classes: 10 };
const learningRate = 0.001;

type BenchmarkStep = Step<[input: tf.Tensor, targets: tf.Tensor, ...rates: tf.Tensor[]]>;

export interface StepSettings {
  readonly network: "cnn" | "cnn-transformer";
  readonly optimiser: "sgd" | "adamw";
  /** Whether the step is recorded once and replayed. */
  readonly compiled: boolean;
}

/** A step on one batch, the same on every engine. @returns runs it, and reads its loss */
export function prepareStep(settings: StepSettings): () => Promise<number> {
  const { values, labels } = makeBatch();
  const { step: plain, listRates } = createStep(settings);
  const step = settings.compiled ? compileStep(plain) : plain;
  return async () => {
    const [loss] = tf.tidy(() =>
      step(tf.tensor3d(values, [batch.clips, batch.frames, batch.bands]), labels, ...listRates()),
    );
    if (loss === undefined) throw new Error("expected a step to give its loss, got nothing");
    const value = at(await loss.data(), 0);
    loss.dispose();
    return value;
  };
}

/** Forward, backward and update as any TF.js program writes them; the loss is what is read. */
function createStep(settings: StepSettings): { step: BenchmarkStep; listRates: () => tf.Tensor[] } {
  const model = createNetwork(networkConfigSchema.parse({ architecture: settings.network }), 1);
  const weights = model.trainableWeights.map((weight) => {
    const variable = weight.read();
    if (!(variable instanceof tf.Variable)) throw new TypeError(`${weight.name}: expected a variable`);
    return { name: weight.name, variable, decays: variable.rank > 1 };
  });
  const config =
    settings.optimiser === "sgd"
      ? { name: "sgd", learningRate, momentum: 0.9, nesterov: true }
      : { name: "adamw", learningRate, weightDecay: 0.01 };
  const optimiser = createOptimiser(weights, optimiserSchema.parse(config));
  let count = 0;
  const listRates = (): tf.Tensor[] =>
    optimiser.listRates(learningRate, count++).map((rate) => tf.scalar(rate));
  const step: BenchmarkStep = (input, targets, ...rates) => {
    const { value, grads } = tf.variableGrads(
      () =>
        tf
          .logSoftmax(applyModel(model, input, true))
          .mul(targets)
          .sum()
          .mul(-1 / batch.clips)
          .asScalar(),
      weights.map(({ variable }) => variable),
    );
    const gradients = weights.map(({ variable }) => grads[variable.name] ?? tf.zerosLike(variable));
    optimiser.update(gradients, rates);
    return [value];
  };
  return { step, listRates };
}

function makeBatch(): { values: Float32Array; labels: tf.Tensor } {
  const values = Float32Array.from(
    { length: batch.clips * batch.frames * batch.bands },
    (_, index) => 2 * Math.sin(index * 12.9898 + Math.sin(index) * 43.7),
  );
  const classes = Int32Array.from({ length: batch.clips }, (_, clip) => clip % batch.classes);
  return { values, labels: tf.oneHot(tf.tensor1d(classes, "int32"), batch.classes).toFloat() };
}
