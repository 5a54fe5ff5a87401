import * as tf from "@tensorflow/tfjs";
import fc from "fast-check";
import { describe, it } from "vitest";
import { expectSameAsCpu } from "./compare-backends.ts";

const runs = { numRuns: 10 };

/** Deterministic values without ties. */
function makeWave(shape: number[], phase: number): tf.Tensor {
  const size = shape.reduce((a, b) => a * b, 1);
  return tf.tensor(
    Float32Array.from({ length: size }, (_, index) => Math.sin(index * 1.7 + phase)),
    shape,
  );
}

const window = fc.record({
  height: fc.integer({ min: 3, max: 7 }),
  width: fc.integer({ min: 3, max: 7 }),
  size: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
  stride: fc.integer({ min: 1, max: 3 }),
  dilation: fc.integer({ min: 1, max: 2 }),
  pad: fc.constantFrom("same" as const, "valid" as const, 1),
});

/** TF.js allows a stride or a dilation, not both. */
const convolution = window
  .filter(({ height, width, size, dilation }) => Math.min(height, width) > (Math.max(...size) - 1) * dilation)
  .map((options) => (options.stride > 1 ? { ...options, dilation: 1 } : options));

const withGradients =
  (run: (x: tf.Tensor, filter: tf.Tensor) => tf.Tensor) => (x: tf.Tensor, filter: tf.Tensor) => {
    const value = run(x, filter);
    const dy = makeWave(value.shape, 2);
    return [value, ...tf.grads((a: tf.Tensor, b: tf.Tensor) => run(a, b))([x, filter], dy)];
  };

describe("convolutions", () => {
  it("conv2d and its gradients", async () => {
    await fc.assert(
      fc.asyncProperty(convolution, ({ height, width, size, stride, dilation, pad }) =>
        expectSameAsCpu(() => {
          const convolve = (x: tf.Tensor, filter: tf.Tensor) =>
            tf.conv2d(x.as4D(2, height, width, 3), filter.as4D(...size, 3, 4), stride, pad, "NHWC", dilation);
          // TF.js itself has no gradients of a dilated convolution.
          const run =
            dilation > 1
              ? (x: tf.Tensor, filter: tf.Tensor) => [convolve(x, filter)]
              : withGradients(convolve);
          return run(makeWave([2, height, width, 3], 0), makeWave([...size, 3, 4], 1));
        }),
      ),
      runs,
    );
  });

  it("conv1d and its gradients", async () => {
    await fc.assert(
      fc.asyncProperty(convolution, ({ width, size, stride, pad }) =>
        expectSameAsCpu(() => {
          const run = withGradients((x, filter) =>
            tf.conv1d(x.as3D(2, width, 3), filter.as3D(size[0], 3, 4), stride, pad === 1 ? "same" : pad),
          );
          return run(makeWave([2, width, 3], 0), makeWave([size[0], 3, 4], 1));
        }),
      ),
      runs,
    );
  });

  it("depthwiseConv2d and its gradients", async () => {
    await fc.assert(
      fc.asyncProperty(convolution, ({ height, width, size, stride, pad }) =>
        expectSameAsCpu(() => {
          const run = withGradients((x, filter) =>
            tf.depthwiseConv2d(x.as4D(2, height, width, 3), filter.as4D(...size, 3, 2), stride, pad),
          );
          return run(makeWave([2, height, width, 3], 0), makeWave([...size, 3, 2], 1));
        }),
      ),
      runs,
    );
  });

  it("conv2d with channels first, fused bias and activation, separable and transposed", async () => {
    await expectSameAsCpu(() => {
      const x = makeWave([1, 5, 6, 2], 0);
      const filter = makeWave([3, 2, 2, 4], 1).as4D(3, 2, 2, 4);
      const fused = {
        x: x.as4D(1, 5, 6, 2),
        filter,
        strides: 1,
        pad: "same",
        bias: tf.tensor1d([1, 2, 3, 4]),
      } as const;
      return [
        tf.fused.conv2d({ ...fused, activation: "relu" }),
        tf.separableConv2d(
          x.as4D(1, 5, 6, 2),
          makeWave([2, 2, 2, 1], 3).as4D(2, 2, 2, 1),
          makeWave([1, 1, 2, 3], 4).as4D(1, 1, 2, 3),
          1,
          "same",
        ),
        tf.conv2dTranspose(
          x.as4D(1, 5, 6, 2),
          makeWave([3, 3, 4, 2], 5).as4D(3, 3, 4, 2),
          [1, 10, 12, 4],
          2,
          "same",
        ),
      ];
    });
  });
});

describe("pooling", () => {
  it.each(["maxPool", "avgPool"] as const)("%s and its gradient", async (name) => {
    await fc.assert(
      fc.asyncProperty(window, ({ height, width, size, stride, pad }) =>
        expectSameAsCpu(() => {
          const run = (x: tf.Tensor) =>
            tf[name](x.as4D(2, height, width, 3), size, stride, pad === 1 ? "same" : pad);
          const x = makeWave([2, height, width, 3], 0);
          const value = run(x);
          return [value, tf.grad(run)(x, makeWave(value.shape, 2))];
        }),
      ),
      runs,
    );
  });

  it("gives a window's gradient to the first of several largest elements", async () => {
    await expectSameAsCpu(() => {
      const x = tf.tensor4d([1, 1, 0, 0, 2, 2, 2, 5, 5], [1, 9, 1, 1]);
      return tf.grad((value: tf.Tensor) => tf.maxPool(value.as4D(1, 9, 1, 1), [3, 1], [3, 1], "valid"))(x);
    });
  });
});
