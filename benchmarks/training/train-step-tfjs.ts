/** One engine of the train-step benchmark: a network and an optimiser, as any TF.js program writes their step. */
import * as tf from "@tensorflow/tfjs";
import * as z from "zod";
import { createNetwork } from "../../models/create-network.ts";
import { networkConfigSchema } from "../../models/network-config.ts";
import { compileStep, registerOnnxRuntimeBackend, type Step } from "../../tfjs-backend-onnxruntime/index.ts";
import { createOptimiser } from "../../training/loop/optimisers/create-optimiser.ts";
import { optimiserSchema } from "../../run-files/optimiser-config.ts";
import { applyModel } from "../../training/scoring/predict-logits.ts";
import { readSettings, serveRounds, timeRuns } from "../measure/serve-rounds.ts";

const settings = z
  .object({
    engine: z.enum(["onnxruntime", "onnxruntime-compiled", "tfjs-node"]),
    network: z.enum(["cnn", "cnn-transformer"]),
    optimiser: z.enum(["sgd", "adamw"]),
    threads: z.number(),
  })
  .parse(readSettings());
const stepsPerRound = 5;
const learningRate = 0.001;
const batch = { clips: 32, frames: 214, bands: 96, classes: 10 };

async function loadEngine(): Promise<Record<string, string>> {
  if (settings.engine === "tfjs-node") {
    const { version } = await import("@tensorflow/tfjs-node");
    await tf.setBackend("tensorflow");
    return { "tfjs-node": version["tfjs-node"] };
  }
  const { version } = await registerOnnxRuntimeBackend({ threads: settings.threads });
  return { "onnxruntime-node": version };
}

/** Forward, backward and update as any TF.js program writes them; the loss is what is read. */
function createStep(): { step: Step<[tf.Tensor, tf.Tensor, ...tf.Tensor[]]>; listRates: () => tf.Tensor[] } {
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
  const step: Step<[tf.Tensor, tf.Tensor, ...tf.Tensor[]]> = (input, targets, ...rates) => {
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

const versions = await loadEngine();
const { values, labels } = makeBatch();
const { step: plain, listRates } = createStep();
const step = settings.engine === "onnxruntime-compiled" ? compileStep(plain) : plain;

await serveRounds({ versions }, () =>
  timeRuns(stepsPerRound, async () => {
    const [loss] = tf.tidy(() =>
      step(tf.tensor3d(values, [batch.clips, batch.frames, batch.bands]), labels, ...listRates()),
    );
    await loss?.data();
    loss?.dispose();
  }),
);
