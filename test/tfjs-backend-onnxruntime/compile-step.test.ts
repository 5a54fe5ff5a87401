import * as tf from "@tensorflow/tfjs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { OnnxRuntimeBackend } from "../../tfjs-backend-onnxruntime/backend.ts";
import { compileStep, registerOnnxRuntimeBackend, type Step } from "../../tfjs-backend-onnxruntime/index.ts";

let backend: OnnxRuntimeBackend;

beforeAll(async () => {
  ({ backend } = await registerOnnxRuntimeBackend({ threads: 1 }));
});

afterAll(() => {
  backend.dispose();
});

type RegressionStep = Step<[tf.Tensor, tf.Tensor]>;

/** Linear regression with momentum, its variables, and how often its JavaScript ran. */
function createRegression() {
  const weight = tf.variable(tf.tensor2d([0.1, -0.2, 0.3], [3, 1]));
  const optimiser = tf.train.momentum(0.05, 0.9, true);
  const counter = { calls: 0 };
  const step: RegressionStep = (x, y) => {
    counter.calls++;
    const loss = optimiser.minimize(() => tf.matMul(x, weight).sub(y).square().mean(), true, [weight]);
    return loss === null ? [] : [loss];
  };
  return { weight, step, counter };
}

const batches = Array.from({ length: 12 }, (_, index) => ({
  x: Float32Array.from({ length: 12 }, (_value, element) => Math.sin(element * 1.3 + index)),
  y: Float32Array.from({ length: 4 }, (_value, element) => Math.cos(element + index)),
}));

function run(step: RegressionStep): number[] {
  return batches.map(({ x, y }) =>
    tf.tidy(() => {
      const [loss] = step(tf.tensor2d(x, [4, 3]), tf.tensor2d(y, [4, 1]));
      return loss?.dataSync()[0] ?? Number.NaN;
    }),
  );
}

describe("compileStep", () => {
  it("gives the bits of the plain step, without running its JavaScript", () => {
    const plain = createRegression();
    const compiled = createRegression();
    expect(run(compileStep(compiled.step))).toEqual(run(plain.step));
    expect([...compiled.weight.dataSync()]).toEqual([...plain.weight.dataSync()]);
    expect(plain.counter.calls).toBe(batches.length);
    expect(compiled.counter.calls).toBe(3);
  });

  it("leaves no tensors behind", () => {
    const { step } = createRegression();
    const compiled = compileStep(step);
    run(compiled);
    const { numTensors, numDataBuffers } = tf.memory();
    run(compiled);
    expect(tf.memory()).toMatchObject({ numTensors, numDataBuffers });
  });

  it("takes numbers that change as tensors", () => {
    const scale = compileStep((x: tf.Tensor, factor: tf.Tensor) => [x.mul(factor).add(1)]);
    const answers = [1, 2, 3, 4, 5].map((factor) =>
      tf.tidy(() => scale(tf.tensor1d([1, 2]), tf.scalar(factor))[0]?.arraySync()),
    );
    expect(answers).toEqual([1, 2, 3, 4, 5].map((factor) => [factor + 1, 2 * factor + 1]));
  });

  it("records each time a step that draws its own numbers or reads on its way", () => {
    let calls = 0;
    const counting = compileStep((x: tf.Tensor) => [x.mul(tf.tensor1d([calls++, calls]))]);
    const reading = compileStep((x: tf.Tensor) => [x.mul(x.sum().dataSync()[0] ?? 0).add(1)]);
    for (let call = 0; call < 6; call++) {
      expect(tf.tidy(() => counting(tf.tensor1d([1, 1]))[0]?.arraySync())).toEqual([call, call + 1]);
      expect(tf.tidy(() => reading(tf.tensor1d([1, call]))[0]?.arraySync())).toEqual([
        call + 2,
        call * (call + 1) + 1,
      ]);
    }
  });

  it("records anew for another shape, and for inputs that are suddenly all alike", () => {
    const twice = compileStep((x: tf.Tensor) => [x.mul(2).add(x)]);
    for (const values of [
      [1, 2],
      [3, 4],
      [5, 6],
      [7, 7],
      [8, 9],
      [1, 2, 3],
      [4, 5, 6],
      [0, 0, 0],
    ]) {
      expect(tf.tidy(() => twice(tf.tensor1d(values))[0]?.arraySync())).toEqual(
        values.map((value) => 3 * value),
      );
    }
  });

  it("is the step itself on another backend", async () => {
    await tf.setBackend("cpu");
    const { step, counter } = createRegression();
    run(compileStep(step));
    expect(counter.calls).toBe(batches.length);
    await tf.setBackend("onnxruntime");
  });
});
