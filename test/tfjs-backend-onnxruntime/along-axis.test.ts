import * as tf from "@tensorflow/tfjs";
import fc from "fast-check";
import { describe, it } from "vitest";
import { arbitraryShape, arbitraryTensor, makeTensor } from "./arbitrary-tensors.ts";
import { expectSameAsCpu } from "./compare-backends.ts";

const runs = { numRuns: 8 };

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
      const [data] = fc.sample(arbitraryTensor(shape), { numRuns: 1 });
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
