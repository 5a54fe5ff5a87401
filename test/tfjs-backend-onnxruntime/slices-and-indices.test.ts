import * as tf from "@tensorflow/tfjs";
import fc from "fast-check";
import { describe, it } from "vitest";
import { arbitraryShape, arbitraryTensor, makeTensor, type TensorData } from "./arbitrary-tensors.ts";
import { expectSameAsCpu } from "./compare-backends.ts";

const runs = { numRuns: 8 };

describe("slices", () => {
  it("slice, of any part", async () => {
    const cases = arbitraryShape(1, 4).chain((shape) =>
      fc.tuple(
        arbitraryTensor(shape),
        fc.tuple(...shape.map((length) => fc.integer({ min: 0, max: length - 1 }))),
      ),
    );
    await fc.assert(
      fc.asyncProperty(cases, ([data, begin]) =>
        expectSameAsCpu(() => tf.slice(makeTensor(data), begin, -1)),
      ),
      runs,
    );
  });

  it("stridedSlice forwards, backwards, with masks", async () => {
    await expectSameAsCpu(() => {
      const x = tf.tensor3d(
        Array.from({ length: 60 }, (_, index) => index),
        [3, 4, 5],
      );
      return [
        tf.stridedSlice(x, [0, 1, 0], [3, 4, 5], [2, 1, 3]),
        tf.stridedSlice(x, [2, 3, 4], [0, 0, 0], [-1, -2, -1]),
        tf.stridedSlice(x, [1, 0, 0], [2, 4, 5], [1, 1, 1], 0, 0, 0, 0, 1),
        tf.stridedSlice(x, [0, 0, 3], [0, 0, 0], [1, 2, -1], 3, 7),
      ];
    });
  });

  it("split, by number and by sizes", async () => {
    await expectSameAsCpu(() => {
      const x = tf.tensor2d(
        Array.from({ length: 24 }, (_, index) => index),
        [4, 6],
      );
      return [...tf.split(x, 3, 1), ...tf.split(x, [1, 3], 0), ...tf.split(x, [2, -1], -1)];
    });
  });

  it("mirrorPad", async () => {
    await expectSameAsCpu(() => {
      const x = tf.tensor2d([1, 2, 3, 4, 5, 6], [2, 3]);
      return [
        tf.mirrorPad(
          x,
          [
            [1, 1],
            [2, 1],
          ],
          "reflect",
        ),
        tf.mirrorPad(
          x,
          [
            [1, 2],
            [0, 3],
          ],
          "symmetric",
        ),
      ];
    });
  });

  it("blocks to the batch and to the channels, and back", async () => {
    await expectSameAsCpu(() => {
      const x = tf.tensor4d(
        Array.from({ length: 128 }, (_, index) => index),
        [2, 4, 4, 4],
      );
      const blocks = tf.spaceToBatchND(
        x,
        [2, 2],
        [
          [0, 0],
          [2, 0],
        ],
      );
      return [
        blocks,
        tf.batchToSpaceND(
          blocks,
          [2, 2],
          [
            [0, 0],
            [2, 0],
          ],
        ),
        tf.depthToSpace(x, 2),
      ];
    });
  });
});

describe("indices", () => {
  const integers = (values: readonly number[], shape: number[]): TensorData => ({
    values: [...values],
    shape,
    dtype: "int32",
  });

  it("gather, along each axis and with batch dimensions", async () => {
    await expectSameAsCpu(() => {
      const x = tf.tensor3d(
        Array.from({ length: 24 }, (_, index) => index),
        [2, 3, 4],
      );
      const indices = makeTensor(integers([2, 0, 1, 1], [2, 2]));
      const rows = makeTensor(integers([1, 0], [2]));
      return [
        tf.gather(x, rows),
        tf.gather(x, rows, 1),
        tf.gather(x, rows, -1),
        tf.gather(x, indices, 1),
        tf.gather(x, indices, 1, 1),
        tf.gather(x, indices, 2, 1),
        tf.gatherND(x, makeTensor(integers([0, 1, 1, 2], [2, 2]))),
      ];
    });
  });

  it("oneHot, with indices out of range, and unsortedSegmentSum", async () => {
    await expectSameAsCpu(() => {
      const indices = makeTensor(integers([0, 3, -1, 9], [4]));
      const rows = tf.tensor2d([1, 2, 3, 4, 5, 6, 7, 8], [4, 2]);
      const segments = tf.tensor1d([1, 0, 1, 2], "int32");
      return [
        tf.oneHot(indices, 4),
        tf.oneHot(indices, 4, 2, -1, "float32"),
        tf.unsortedSegmentSum(rows, segments, 4),
      ];
    });
  });
});
