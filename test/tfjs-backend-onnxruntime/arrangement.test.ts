import * as tf from "@tensorflow/tfjs";
import fc from "fast-check";
import { describe, it } from "vitest";
import { arbitraryShape, arbitraryTensor, makeTensor, type TensorData } from "./arbitrary-tensors.ts";
import { expectSameAsCpu } from "./compare-backends.ts";

const runs = { numRuns: 8, seed: 11 };

/** A tensor of any type and one of its axes, negative ones too. */
const tensorAndAxis = arbitraryShape(1, 4).chain((shape) =>
  fc.tuple(
    fc.constantFrom("float32" as const, "int32" as const).chain((dtype) => arbitraryTensor(shape, { dtype })),
    fc.integer({ min: -shape.length, max: shape.length - 1 }),
  ),
);

/** TF.js 4.22's CPU backend loses the shape of cumulative kernels for negative axes. */
const fromFront = (x: tf.Tensor, axis: number): number => (axis + x.rank) % x.rank;

const reductions = [
  { name: "sum", run: (x: tf.Tensor, axis: number) => [tf.sum(x, axis), tf.sum(x), tf.sum(x, axis, true)] },
  { name: "mean", run: (x: tf.Tensor, axis: number) => [tf.mean(x, axis), tf.mean(x)] },
  { name: "max", run: (x: tf.Tensor, axis: number) => [tf.max(x, axis), tf.max(x, axis, true)] },
  { name: "min", run: (x: tf.Tensor, axis: number) => [tf.min(x, axis)] },
  { name: "prod", run: (x: tf.Tensor, axis: number) => [tf.prod(x, axis)] },
  { name: "all", run: (x: tf.Tensor, axis: number) => [tf.all(x.toBool(), axis)] },
  { name: "any", run: (x: tf.Tensor, axis: number) => [tf.any(x.toBool(), axis)] },
  { name: "argMax", run: (x: tf.Tensor, axis: number) => [tf.argMax(x, axis)] },
  { name: "argMin", run: (x: tf.Tensor, axis: number) => [tf.argMin(x, axis)] },
  {
    name: "cumsum",
    run: (x: tf.Tensor, axis: number) => [
      tf.cumsum(x, fromFront(x, axis)),
      tf.cumsum(x, fromFront(x, axis), true),
      tf.cumsum(x, fromFront(x, axis), false, true),
    ],
  },
  {
    name: "cumprod",
    run: (x: tf.Tensor, axis: number) => [
      tf.cumprod(x, fromFront(x, axis)),
      tf.cumprod(x, fromFront(x, axis), true, true),
    ],
  },
  { name: "softmax", run: (x: tf.Tensor) => [tf.softmax(x.toFloat()), tf.logSoftmax(x.toFloat())] },
  { name: "moments", run: (x: tf.Tensor, axis: number) => Object.values(tf.moments(x, axis)) },
  { name: "logSumExp", run: (x: tf.Tensor, axis: number) => [tf.logSumExp(x.toFloat(), axis)] },
  { name: "reverse", run: (x: tf.Tensor, axis: number) => [tf.reverse(x, axis), tf.reverse(x)] },
  { name: "transpose", run: (x: tf.Tensor) => [tf.transpose(x)] },
  {
    name: "expandDims",
    run: (x: tf.Tensor, axis: number) => [tf.expandDims(x, axis), tf.squeeze(x), x.flatten()],
  },
  { name: "stack", run: (x: tf.Tensor, axis: number) => [tf.stack([x, x], axis)] },
  { name: "unstack", run: (x: tf.Tensor, axis: number) => tf.unstack(x, axis) },
  { name: "concat", run: (x: tf.Tensor, axis: number) => [tf.concat([x, x.neg()], axis)] },
  {
    name: "tile",
    run: (x: tf.Tensor) => [
      tf.tile(
        x,
        x.shape.map((_, axis) => (axis % 2) + 1),
      ),
    ],
  },
  {
    name: "pad",
    run: (x: tf.Tensor) => [
      tf.pad(
        x,
        x.shape.map((_, axis) => [axis, 1]),
        3,
      ),
    ],
  },
  { name: "topk", run: (x: tf.Tensor) => Object.values(tf.topk(x, 1)) },
] as const satisfies readonly { name: string; run: (x: tf.Tensor, axis: number) => tf.Tensor[] }[];

describe("along an axis", () => {
  it.each(reductions)("$name answers as on the CPU backend", async ({ run }) => {
    await fc.assert(
      fc.asyncProperty(tensorAndAxis, ([data, axis]) => expectSameAsCpu(() => run(makeTensor(data), axis))),
      runs,
    );
  });

  it("sums many rows as a product, over leading axes of any number", async () => {
    const shapes = [
      [40, 3],
      [5, 8, 6],
      [1, 33, 1, 4],
      [20, 2, 2],
    ];
    for (const shape of shapes) {
      const [data] = fc.sample(arbitraryTensor(shape), { numRuns: 1, seed: 3 });
      if (data === undefined) continue;
      const axes = shape.map((_, axis) => axis).slice(0, -1);
      await expectSameAsCpu(() => [
        makeTensor(data).sum(axes),
        makeTensor(data).mean(axes),
        makeTensor(data).sum(0),
      ]);
    }
  });
});

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
