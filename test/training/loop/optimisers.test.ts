import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";
import { createRandom } from "../../../common/random.ts";
import { loadEngine } from "../../../training/engine.ts";
import { createOptimiser } from "../../../training/loop/optimisers/create-optimiser.ts";
import type { TrainedWeight } from "../../../training/loop/optimisers/optimiser.ts";
import { optimiserSchema, type OptimiserConfig } from "../../../run-files/optimiser-config.ts";

beforeAll(async () => {
  await loadEngine("auto");
});

const size = 5;
const steps = 60;
const rateAt = (step: number): number => 0.01 * (1 + Math.sin(step)); // a schedule that moves

/** The gradients of all steps, the same for the optimiser and its oracle: rounded to float32. */
function drawGradients(): Float32Array[] {
  const random = createRandom(1, "gradients");
  return Array.from({ length: steps }, () => Float32Array.from({ length: size }, random.normal));
}
const first = Float32Array.from([0.5, -1.5, 2, 0.01, -0.3]);

/** Runs an optimiser on two weights with the same values, of which only the first decays. Returns both, step by step. */
async function follow(config: OptimiserConfig): Promise<{ kernel: Float32Array; bias: Float32Array }[]> {
  const weights: TrainedWeight[] = [
    { name: "kernel", variable: tf.variable(tf.tensor1d(first)), decays: true },
    { name: "bias", variable: tf.variable(tf.tensor1d(first)), decays: false },
  ];
  const optimiser = createOptimiser(weights, config);
  const path = [];
  for (const [step, gradient] of drawGradients().entries()) {
    tf.tidy(() => {
      const rates = optimiser.listRates(rateAt(step), step).map((rate) => tf.scalar(rate));
      optimiser.update([tf.tensor1d(gradient), tf.tensor1d(gradient)], rates);
    });
    const [kernel, bias] = await Promise.all(weights.map(({ variable }) => variable.data<"float32">()));
    if (kernel === undefined || bias === undefined) throw new Error("two weights were given");
    path.push({ kernel, bias });
  }
  return path;
}

/** Algorithm 2 of Loshchilov and Hutter 2019 in float64, with PyTorch's convention that the decay is scaled by the rate. */
function followAdamW(decay: number, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8): number[][] {
  const w = [...first];
  const m = w.map(() => 0);
  const v = w.map(() => 0);
  return drawGradients().map((gradient, step) => {
    for (let i = 0; i < size; i++) {
      const g = gradient[i] ?? 0;
      w[i] = (w[i] ?? 0) * (1 - rateAt(step) * decay);
      m[i] = beta1 * (m[i] ?? 0) + (1 - beta1) * g;
      v[i] = beta2 * (v[i] ?? 0) + (1 - beta2) * g ** 2;
      const mHat = (m[i] ?? 0) / (1 - beta1 ** (step + 1));
      const vHat = (v[i] ?? 0) / (1 - beta2 ** (step + 1));
      w[i] = (w[i] ?? 0) - (rateAt(step) * mHat) / (Math.sqrt(vHat) + epsilon);
    }
    return [...w];
  });
}

/** The update in torch.optim.SGD's documentation, in float64. */
function followSgd(momentum: number, nesterov: boolean, decay: number): number[][] {
  const w = [...first];
  const buffer = w.map(() => 0);
  return drawGradients().map((gradient, step) => {
    for (let i = 0; i < size; i++) {
      const g = (gradient[i] ?? 0) + decay * (w[i] ?? 0);
      buffer[i] = momentum * (buffer[i] ?? 0) + g;
      const direction = nesterov ? g + momentum * (buffer[i] ?? 0) : (buffer[i] ?? 0);
      w[i] = (w[i] ?? 0) - rateAt(step) * direction;
    }
    return [...w];
  });
}

function expectPath(actual: readonly Float32Array[], expected: readonly number[][]): void {
  const differences = expected.flatMap((row, step) =>
    row.map((value, i) => Math.abs(value - (actual[step]?.[i] ?? NaN))),
  );
  expect(differences).toHaveLength(steps * size);
  expect(Math.max(...differences)).toBeLessThan(1e-6);
}

describe("each step agrees with the formula in float64 to 1e-6", () => {
  it("AdamW: kernels decay, biases do not", async () => {
    const path = await follow(optimiserSchema.parse({ name: "adamw", weightDecay: 0.5 }));
    expectPath(
      path.map(({ kernel }) => kernel),
      followAdamW(0.5),
    );
    expectPath(
      path.map(({ bias }) => bias),
      followAdamW(0),
    );
  });

  it("Adam", async () => {
    const path = await follow(
      optimiserSchema.parse({ name: "adam", beta1: 0.8, beta2: 0.99, epsilon: 1e-3 }),
    );
    expectPath(
      path.map(({ kernel }) => kernel),
      followAdamW(0, 0.8, 0.99, 1e-3),
    );
  });

  it.each([
    [0, false],
    [0.9, false],
    [0.9, true],
  ])("SGD, momentum %f, Nesterov %s", async (momentum, nesterov) => {
    const path = await follow(optimiserSchema.parse({ name: "sgd", momentum, nesterov, weightDecay: 0.1 }));
    expectPath(
      path.map(({ kernel }) => kernel),
      followSgd(momentum, nesterov, 0.1),
    );
    expectPath(
      path.map(({ bias }) => bias),
      followSgd(momentum, nesterov, 0),
    );
  });
});

it("agrees with TF.js's own Adam", async () => {
  const config = optimiserSchema.parse({ name: "adam" });
  const ours = tf.variable(tf.tensor1d(first));
  const theirs = tf.variable(tf.tensor1d(first));
  const optimiser = createOptimiser([{ name: "w", variable: ours, decays: true }], config);
  const reference = tf.train.adam(0.01, 0.9, 0.999, 1e-8);
  for (const [step, gradient] of drawGradients().entries()) {
    tf.tidy(() => {
      const rates = optimiser.listRates(0.01, step).map((rate) => tf.scalar(rate));
      optimiser.update([tf.tensor1d(gradient)], rates);
      reference.applyGradients([{ name: theirs.name, tensor: tf.tensor1d(gradient) }]);
    });
  }
  const [a, b] = [await ours.data(), await theirs.data()];
  a.forEach((value, index) => {
    expect(value).toBeCloseTo(b[index] ?? NaN, 4); // TF.js keeps the powers of beta in float32
  });
});
