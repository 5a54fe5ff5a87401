import * as tf from "@tensorflow/tfjs";
import fc from "fast-check";
import { describe, it } from "vitest";
import { arbitraryTensor, makeTensor } from "./arbitrary-tensors.ts";
import { expectSameAsCpu } from "./compare-backends.ts";

const runs = { numRuns: 8 };

describe("products", () => {
  it("matMul, transposed, batched and broadcast", async () => {
    const cases = fc
      .tuple(
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 4 }),
        fc.boolean(),
        fc.boolean(),
        fc.constantFrom([], [2], [3, 2], [1, 2]),
      )
      .chain(([m, k, n, transposeA, transposeB, batch]) =>
        fc.tuple(
          arbitraryTensor([...batch, ...(transposeA ? [k, m] : [m, k])]),
          arbitraryTensor([...batch, ...(transposeB ? [n, k] : [k, n])]),
          fc.constant({ transposeA, transposeB }),
        ),
      );
    await fc.assert(
      fc.asyncProperty(cases, ([a, b, { transposeA, transposeB }]) =>
        expectSameAsCpu(() => tf.matMul(makeTensor(a), makeTensor(b), transposeA, transposeB)),
      ),
      runs,
    );
  });

  it("fused products with bias and each activation", async () => {
    const activations = ["linear", "relu", "relu6", "elu", "sigmoid", "leakyrelu"] as const;
    await expectSameAsCpu(() => {
      const a = tf.tensor2d([1, -2, 3, -4, 5, -6], [2, 3]);
      const b = tf.tensor2d([1, 0.5, -1, 2, 0.25, -3], [3, 2]);
      const bias = tf.tensor1d([0.5, -0.5]);
      return activations.map((activation) =>
        tf.fused.matMul({ a, b, bias, activation, leakyreluAlpha: 0.1 }),
      );
    });
  });
});

describe("tensors without elements", () => {
  it("are computed with and reduced", async () => {
    await expectSameAsCpu(() => {
      const none = tf.zeros([0, 3]);
      const some = tf.ones([2, 3]);
      return [
        none.add(1),
        tf.concat([none, some]),
        none.sum(),
        none.sum(0),
        none.relu(),
        none.reshape([3, 0]),
      ];
    });
  });
});
