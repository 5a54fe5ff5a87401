import * as tf from "@tensorflow/tfjs";
import fc from "fast-check";

/** A tensor as plain data, from which each backend makes its own. */
export interface TensorData {
  readonly shape: number[];
  readonly values: number[];
  readonly dtype: "float32" | "int32" | "bool";
}

export const makeTensor = ({ values, shape, dtype }: TensorData): tf.Tensor =>
  tf.tensor(values, shape, dtype);

interface Limits {
  readonly min?: number;
  readonly max?: number;
  readonly dtype?: TensorData["dtype"];
}

/** Values that float32 holds exactly and that are not all alike; 0, ties and negative ones occur. */
export function arbitraryTensor(
  shape: number[],
  { min = -4, max = 4, dtype = "float32" }: Limits = {},
): fc.Arbitrary<TensorData> {
  const length = shape.reduce((a, b) => a * b, 1);
  const grain = dtype === "float32" ? 8 : 1;
  const [low, high] = dtype === "bool" ? [0, 1] : [Math.ceil(min * grain), Math.floor(max * grain)];
  return fc
    .array(fc.integer({ min: low, max: high }), { minLength: length, maxLength: length })
    .map((values) => ({ shape, values: values.map((value) => value / grain), dtype }));
}

export const arbitraryShape = (minRank: number, maxRank: number, minLength = 1): fc.Arbitrary<number[]> =>
  fc.array(fc.integer({ min: minLength, max: 4 }), { minLength: minRank, maxLength: maxRank });

/** Two shapes that broadcast to each other. */
export const arbitraryBroadcast: fc.Arbitrary<readonly [number[], number[]]> = arbitraryShape(0, 4).chain(
  (shape) =>
    fc
      .tuple(
        fc.nat(shape.length),
        fc.array(fc.boolean(), { minLength: shape.length, maxLength: shape.length }),
        fc.boolean(),
      )
      .map(([dropped, ones, swap]) => {
        const other = shape.map((length, axis) => (ones[axis] === true ? 1 : length)).slice(dropped);
        return swap ? ([other, shape] as const) : ([shape, other] as const);
      }),
);
