import * as tf from "@tensorflow/tfjs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  maxFilterSize,
  makeWinogradMatrices,
  type Matrix,
  transposeMatrix,
  windowsPerTile,
} from "../../tfjs-backend-onnxruntime/operators/winograd-matrices.ts";
import { Graph } from "../../tfjs-backend-onnxruntime/graph/graph.ts";
import { findTiling } from "../../tfjs-backend-onnxruntime/operators/winograd.ts";
import { expectSameAsCpu } from "./compare-backends.ts";

const filterSize = fc.integer({ min: 2, max: maxFilterSize });
const number = fc.double({ min: -1, max: 1, noNaN: true });

function multiply(matrix: Matrix, vector: readonly number[]): number[] {
  return matrix.map((row) => row.reduce((sum, weight, index) => sum + weight * (vector[index] ?? 0), 0));
}

describe("Winograd's matrices", () => {
  it("give the sums of a filter over each window of a tile", () => {
    const example = filterSize.chain((size) =>
      fc.tuple(
        fc.array(number, { minLength: size, maxLength: size }),
        fc.array(number, { minLength: size + windowsPerTile - 1, maxLength: size + windowsPerTile - 1 }),
      ),
    );
    fc.assert(
      fc.property(example, ([filter, tile]) => {
        const { input, filter: ofFilter, output } = makeWinogradMatrices(filter.length);
        const taps = multiply(ofFilter, filter);
        const products = multiply(input, tile).map((element, index) => element * (taps[index] ?? 0));
        const sums = multiply(transposeMatrix(output), products);
        expect(sums).toHaveLength(windowsPerTile);
        sums.forEach((sum, window) => {
          const direct = filter.reduce((total, tap, index) => total + tap * (tile[window + index] ?? 0), 0);
          expect(sum).toBeCloseTo(direct, 12);
        });
      }),
      { seed: 3 },
    );
  });
});

/** Values between -1 and 1 that follow no line, divided by the root of `fanIn`. */
function makeNoise(shape: [number, number, number, number], seed: number, fanIn = 1): tf.Tensor4D {
  return tf.randomUniform(shape, -1, 1, "float32", seed).div(Math.sqrt(fanIn));
}

const channels = { inputs: 64, outputs: 66 };

describe("convolutions of many channels", () => {
  const convolution = fc.record({
    size: filterSize,
    height: fc.integer({ min: 1, max: 2 }),
    width: fc.integer({ min: 5, max: 19 }),
    padding: fc.oneof(
      fc.constantFrom("same" as const, "valid" as const),
      fc.tuple(fc.integer({ min: 0, max: 2 }), fc.integer({ min: 0, max: 2 })),
    ),
  });

  it("and their gradients, along the width", async () => {
    const { inputs, outputs } = channels;
    await fc.assert(
      fc.asyncProperty(convolution, ({ size, height, width, padding }) =>
        expectSameAsCpu(() => {
          const pad = typeof padding === "string" ? padding : padColumns(padding);
          const run = (x: tf.Tensor, filter: tf.Tensor): tf.Tensor =>
            tf.conv2d(x.as4D(2, height, width, inputs), filter.as4D(1, size, inputs, outputs), 1, pad);
          const x = makeNoise([2, height, width, inputs], 1);
          const filter = makeNoise([1, size, inputs, outputs], 2, size * inputs);
          const value = run(x, filter);
          const dy = tf.randomUniform(value.shape, -0.1, 0.1, "float32", 3);
          return [value, ...tf.grads(run)([x, filter], dy)];
        }, 2e-5),
      ),
      { numRuns: 20 },
    );
  });

  const plain = { size: [1, 3], stride: [1, 1], dilation: [1, 1], before: [0, 1], after: [0, 1] } as const;
  const windows = { ...plain, count: [2, 9] } as const;
  const images = new Graph().input(0, "float32", [1, 2, 9, channels.inputs]);
  const filter = [1, 3, channels.inputs, channels.outputs];

  it("are taken in tiles", () => {
    expect(findTiling(windows, images, filter)).toMatchObject({ rows: 2, tiles: 3, tileLength: 6 });
  });

  it.each([
    ["a stride", { ...windows, stride: [1, 2] as const }, filter],
    ["a dilation", { ...windows, dilation: [1, 2] as const }, filter],
    ["a filter along the height", windows, [3, 1, channels.inputs, channels.outputs]],
    ["a padded height", { ...windows, before: [1, 0] as const, count: [3, 9] as const }, filter],
    ["a filter too long", windows, [1, maxFilterSize + 1, channels.inputs, channels.outputs]],
    ["few channels", windows, [1, 3, channels.inputs, 10]],
    ["few windows", { ...windows, count: [2, windowsPerTile - 1] as const }, filter],
  ])("are not with %s", (_, given, filterShape) => {
    expect(findTiling(given, images, filterShape)).toBeUndefined();
  });
});

function padColumns([before, after]: readonly [number, number]): tf.backend_util.ExplicitPadding {
  return [
    [0, 0],
    [0, 0],
    [before, after],
    [0, 0],
  ];
}
