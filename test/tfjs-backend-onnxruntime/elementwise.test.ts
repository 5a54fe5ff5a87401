import * as tf from "@tensorflow/tfjs";
import fc from "fast-check";
import { describe, it } from "vitest";
import { arbitraryBroadcast, arbitraryShape, arbitraryTensor, makeTensor } from "./arbitrary-tensors.ts";
import { expectSameAsCpu } from "./compare-backends.ts";

const nameOf = ({ name }: { readonly name: string }): string => name.replace(/_*(op)?$/, "");
const runs = { numRuns: 6 };

const unary = [
  { op: tf.abs },
  { op: tf.acos, min: -1, max: 1 },
  { op: tf.acosh, min: 1, max: 9 },
  { op: tf.asin, min: -1, max: 1 },
  { op: tf.asinh },
  { op: tf.atan },
  { op: tf.atanh, min: -0.9, max: 0.9 },
  { op: tf.ceil },
  { op: tf.cos },
  { op: tf.cosh },
  { op: tf.elu },
  { op: tf.erf },
  { op: tf.exp },
  { op: tf.expm1 },
  { op: tf.floor },
  { op: tf.isFinite },
  { op: tf.isInf },
  { op: tf.isNaN },
  { op: tf.leakyRelu },
  { op: tf.log, min: 0, max: 9 },
  { op: tf.log1p, min: -1, max: 9 },
  { op: tf.logSigmoid },
  { op: tf.neg },
  { op: tf.onesLike },
  { op: tf.reciprocal },
  { op: tf.relu },
  { op: tf.relu6, min: -4, max: 9 },
  { op: tf.round },
  { op: tf.rsqrt, min: 0, max: 9 },
  { op: tf.selu },
  { op: tf.sigmoid },
  { op: tf.sign },
  { op: tf.sin },
  { op: tf.sinh },
  { op: tf.softplus },
  { op: tf.sqrt, min: 0, max: 9 },
  { op: tf.square },
  { op: tf.step },
  { op: tf.tan, min: -1, max: 1 },
  { op: tf.tanh },
  { op: tf.zerosLike },
] as const satisfies readonly { op: (x: tf.Tensor) => tf.Tensor; min?: number; max?: number }[];

describe("one input", () => {
  it.each(unary.map(({ op, ...limits }) => ({ name: nameOf(op), op, limits })))(
    "$name answers as on the CPU backend",
    async ({ op, limits }) => {
      const input = arbitraryShape(0, 4).chain((shape) => arbitraryTensor(shape, limits));
      await fc.assert(
        fc.asyncProperty(input, (x) => expectSameAsCpu(() => op(makeTensor(x)))),
        runs,
      );
    },
  );

  it("keeps small numbers in expm1 and log1p, and the infinite in all", async () => {
    const values = [1e-7, -1e-7, 1e-4, 0, Infinity, -Infinity, Number.NaN, 1e10, 88];
    await expectSameAsCpu(() => {
      const x = tf.tensor1d(values);
      return [
        tf.log1p(x.abs()),
        tf.expm1(x),
        tf.isFinite(x),
        tf.isInf(x),
        tf.isNaN(x),
        tf.relu(x),
        tf.sigmoid(x),
      ];
    }, 1e-6);
  });

  it("casts between all types", async () => {
    await expectSameAsCpu(() => {
      const x = tf.tensor1d([-1.75, -0.5, 0, 0.5, 2.9]);
      const integers = x.toInt();
      return [
        integers,
        x.toBool(),
        integers.toFloat(),
        integers.toBool(),
        x.toBool().toFloat(),
        x.toBool().toInt(),
      ];
    });
  });
});

const types = { float32: {}, int32: { dtype: "int32" }, bool: { dtype: "bool" } } as const;

const binary = [
  { op: tf.add, types: ["float32", "int32"] },
  { op: tf.atan2, types: ["float32"] },
  { op: tf.div, types: ["float32"] },
  { op: tf.equal, types: ["float32", "int32", "bool"] },
  { op: tf.floorDiv, types: ["float32", "int32"] },
  { op: tf.greater, types: ["float32", "int32", "bool"] },
  { op: tf.greaterEqual, types: ["float32", "int32", "bool"] },
  { op: tf.less, types: ["float32", "int32", "bool"] },
  { op: tf.lessEqual, types: ["float32", "int32", "bool"] },
  { op: tf.logicalAnd, types: ["bool"] },
  { op: tf.logicalOr, types: ["bool"] },
  { op: tf.logicalXor, types: ["bool"] },
  { op: tf.maximum, types: ["float32", "int32"] },
  { op: tf.minimum, types: ["float32", "int32"] },
  { op: tf.mod, types: ["float32", "int32"] },
  { op: tf.mul, types: ["float32", "int32"] },
  { op: tf.notEqual, types: ["float32", "int32", "bool"] },
  { op: tf.squaredDifference, types: ["float32", "int32"] },
  { op: tf.sub, types: ["float32", "int32"] },
] as const satisfies readonly {
  op: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor;
  types: readonly (keyof typeof types)[];
}[];

const binaryCases = binary.flatMap(({ op, types: names }) =>
  names.map((dtype) => ({ name: nameOf(op), op, dtype })),
);

describe("two inputs that broadcast", () => {
  it.each(binaryCases)("$name of $dtype answers as on the CPU backend", async ({ op, dtype }) => {
    const inputs = arbitraryBroadcast.chain(([a, b]) =>
      fc.tuple(arbitraryTensor(a, types[dtype]), arbitraryTensor(b, types[dtype])),
    );
    await fc.assert(
      fc.asyncProperty(inputs, ([a, b]) => expectSameAsCpu(() => op(makeTensor(a), makeTensor(b)))),
      runs,
    );
  });

  it("pow", async () => {
    const inputs = arbitraryBroadcast.chain(([a, b]) =>
      fc.tuple(arbitraryTensor(a, { min: 0 }), arbitraryTensor(b, { min: -2, max: 2 })),
    );
    await fc.assert(
      fc.asyncProperty(inputs, ([a, b]) => expectSameAsCpu(() => tf.pow(makeTensor(a), makeTensor(b)))),
      runs,
    );
  });

  it("where, with a condition of the same or a lower rank", async () => {
    await expectSameAsCpu(() => {
      const condition = tf.tensor1d([1, 0, 1], "bool");
      const a = tf.tensor2d([1, 2, 3, 4, 5, 6], [3, 2]);
      const b = tf.tensor2d([Infinity, 20, Number.NaN, 40, 50, 60], [3, 2]);
      return [tf.where(condition, tf.tensor([7, 8, 9]), tf.zeros([3])), tf.where(a.greater(3), a, b)];
    });
  });

  it("prelu, clipByValue, addN and leakyRelu with their numbers", async () => {
    await expectSameAsCpu(() => {
      const x = tf.tensor2d([-2, -1, 0, 1, 2, 3], [2, 3]);
      return [
        tf.prelu<tf.Tensor>(x, tf.tensor1d([0.5, 0.1, 2])),
        tf.clipByValue(x, -1, 2),
        tf.addN([x, x, tf.ones<tf.Rank.R2>([2, 3])]),
        tf.leakyRelu(x, 0.3),
        tf.step(x, 0.25),
      ];
    });
  });
});
