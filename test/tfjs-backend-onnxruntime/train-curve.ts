import * as tf from "@tensorflow/tfjs";
import { createNetwork } from "../../models/create-network.ts";
import { networkConfigSchema } from "../../models/network-config.ts";
import { startDropoutStep } from "../../training/loop/train-step.ts";
import { compileStep, registerOnnxRuntimeBackend } from "../../tfjs-backend-onnxruntime/index.ts";
import { createOptimiser } from "../../training/loop/optimisers/create-optimiser.ts";
import { optimiserSchema } from "../../run-files/optimiser-config.ts";
import { applyModel } from "../../training/scoring/predict-logits.ts";

export type CurveEngine = "tfjs-node" | "onnxruntime" | "cpu";

export interface CurveOptions {
  readonly network: "cnn" | "cnn-transformer";
  readonly optimiser: "sgd" | "adamw";
  readonly learningRate: number;
  readonly steps: number;
  readonly clips: number;
  readonly frames: number;
  /** That take turns. */
  readonly batches: number;
  readonly narrow: boolean;
  readonly seed: number;
  /** Moves each first weight to a neighbouring float32, up or down as this seed says. */
  readonly moveLastBits?: number;
}

export interface Curve {
  readonly losses: readonly number[];
  /** Of the first step, by weight. */
  readonly gradients: ReadonlyMap<string, Float32Array>;
}

const bands = 96;
const classes = 10;

/** Trains on batches of noise with a tone a class, the same ones for the same seed on every engine. */
export async function trainCurve(engine: CurveEngine, options: CurveOptions): Promise<Curve> {
  await loadEngine(engine);
  const model = createNetwork(describeNetwork(options), options.seed);
  const weights = model.trainableWeights.map((weight) => {
    const variable = weight.read();
    if (!(variable instanceof tf.Variable)) throw new TypeError(`${weight.name}: expected a variable`);
    return { name: weight.originalName, variable, decays: variable.rank > 1 };
  });
  if (options.moveLastBits !== undefined) moveLastBits(weights, options.moveLastBits);
  const { learningRate, optimiser: name } = options;
  const optimiser = createOptimiser(
    weights,
    optimiserSchema.parse(
      name === "sgd" ? { name, learningRate, momentum: 0.9, nesterov: true } : { name, learningRate },
    ),
  );
  const computeGradients = (input: tf.Tensor, targets: tf.Tensor) =>
    tf.variableGrads(
      () =>
        tf
          .logSoftmax(applyModel(model, input, true))
          .mul(targets)
          .sum()
          .mul(-1 / options.clips)
          .asScalar(),
      weights.map(({ variable }) => variable),
    );
  const step = compileStep<[tf.Tensor, tf.Tensor, ...tf.Tensor[]]>((input, targets, ...rates) => {
    const { value, grads } = computeGradients(input, targets);
    optimiser.update(
      weights.map(({ variable }) => grads[variable.name] ?? tf.zerosLike(variable)),
      rates,
    );
    return [value];
  });
  const losses: number[] = [];
  const gradients = new Map<string, Float32Array>();
  for (let index = 0; index < options.steps; index++) {
    startDropoutStep(model, index, [options.clips, options.frames, bands]);
    const [input, targets] = makeBatch(options, index % options.batches);
    if (index === 0) {
      const { value, grads } = computeGradients(input, targets);
      for (const { name, variable } of weights) {
        const gradient = grads[variable.name];
        if (gradient !== undefined) gradients.set(name, await gradient.data<"float32">());
        gradient?.dispose();
      }
      value.dispose();
    }
    const rates = optimiser.listRates(learningRate, index).map((rate) => tf.scalar(rate));
    const [loss] = tf.tidy(() => step(input, targets, ...rates));
    losses.push((await loss?.data<"float32">())?.[0] ?? Number.NaN);
    tf.dispose([input, targets, rates, loss ?? []]);
  }
  model.dispose();
  return { losses, gradients };
}

async function loadEngine(engine: CurveEngine): Promise<void> {
  if (engine === "tfjs-node") await import("@tensorflow/tfjs-node");
  const isRegistered = tf.engine().backendNames().includes("onnxruntime");
  if (engine === "onnxruntime" && !isRegistered) await registerOnnxRuntimeBackend();
  await tf.setBackend(engine === "tfjs-node" ? "tensorflow" : engine);
}

function describeNetwork({ network, narrow }: CurveOptions) {
  const { trunk } = networkConfigSchema.parse({ architecture: network });
  if (!narrow) return networkConfigSchema.parse({ architecture: network });
  const blocks = trunk.map((block) => ({ ...block, filters: block.filters / 8 }));
  return networkConfigSchema.parse({
    architecture: network,
    trunk: blocks,
    ...(network === "cnn-transformer" && { feedForwardWidth: 256 }),
  });
}

function makeBatch({ clips, frames, seed }: CurveOptions, index: number): [tf.Tensor3D, tf.Tensor2D] {
  const noise = tf
    .randomNormal([clips, frames, bands], 0, 1, "float32", seed * 1e6 + index)
    .dataSync<"float32">();
  const labels = Int32Array.from({ length: clips }, (_, clip) => (clip * 7 + index) % classes);
  const values = noise.map((value, place) => {
    const clip = Math.floor(place / (frames * bands));
    return place % bands === 9 * (labels[clip] ?? 0) ? value + 1 : value;
  });
  return [
    tf.tensor3d(values, [clips, frames, bands]),
    tf.tidy(() => tf.oneHot(tf.tensor1d(labels, "int32"), classes).toFloat().as2D(clips, classes)),
  ];
}

function moveLastBits(weights: readonly { readonly variable: tf.Variable }[], seed: number): void {
  weights.forEach(({ variable }, index) => {
    tf.tidy(() => {
      const values = variable.dataSync<"float32">().slice();
      const direction = tf
        .randomUniform([values.length], 0, 1, "float32", seed * 1000 + index)
        .dataSync<"float32">();
      const bits = new Int32Array(values.buffer);
      bits.forEach((value, place) => {
        if (values[place] !== 0) bits[place] = value + ((direction[place] ?? 0) < 0.5 ? 1 : -1);
      });
      variable.assign(tf.tensor(values, variable.shape));
    });
  });
}
