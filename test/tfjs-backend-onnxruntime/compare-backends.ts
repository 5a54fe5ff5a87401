import * as tf from "@tensorflow/tfjs";
import { expect } from "vitest";
import { registerOnnxRuntimeBackend } from "../../tfjs-backend-onnxruntime/index.ts";

export interface Answer {
  readonly shape: readonly number[];
  readonly dtype: tf.DataType;
  readonly values: readonly number[];
}

export type Compute = () => tf.Tensor | readonly tf.Tensor[];

export const registered = registerOnnxRuntimeBackend({ threads: 1, sessionCapacity: 8 });

/** What `compute` gives on one backend; the tensors made in it are freed. */
export async function computeOn(backendName: string, compute: Compute): Promise<Answer[]> {
  await registered;
  await tf.setBackend(backendName);
  tf.engine().startScope();
  try {
    return [compute()].flat().map((tensor) => ({
      shape: tensor.shape,
      dtype: tensor.dtype,
      values: Array.from(tensor.dataSync<"float32">()),
    }));
  } finally {
    tf.engine().endScope();
  }
}

/**
 * Expects our backend to answer as TF.js's own CPU backend does: shapes and types exactly, values within
 * `tolerance` x max(1, |expected|).
 */
export async function expectSameAsCpu(compute: Compute, tolerance = 1e-5): Promise<void> {
  const expected = await computeOn("cpu", compute);
  const actual = await computeOn("onnxruntime", compute);
  expect(actual.map(describeAnswer)).toEqual(expected.map(describeAnswer));
  expected.forEach(({ values }, output) => {
    const found = findMismatch(values, actual[output]?.values ?? [], tolerance);
    if (found !== undefined) expect.fail(`output ${output}, ${found}`);
  });
}

function describeAnswer({ shape, dtype, values }: Answer): string {
  return `${dtype} [${shape.join(", ")}], ${values.length} values`;
}

/** @returns the place and both values of the largest difference, if it is too large */
function findMismatch(
  expected: readonly number[],
  actual: readonly number[],
  tolerance: number,
): string | undefined {
  const excess = expected.map((value, index) => measureExcess(value, actual[index] ?? Number.NaN, tolerance));
  const largest = excess.reduce((best, value, index) => (value > (excess[best] ?? 0) ? index : best), 0);
  if ((excess[largest] ?? 0) <= 1) return undefined;
  return `element ${largest} of ${expected.length}: expected ${expected[largest] ?? "nothing"}, got ${actual[largest] ?? "nothing"}`;
}

/** Difference as a multiple of what is allowed. */
function measureExcess(expected: number, actual: number, tolerance: number): number {
  if (Object.is(expected, actual) || expected === actual) return 0;
  if (!Number.isFinite(expected) || !Number.isFinite(actual)) return Infinity;
  return Math.abs(expected - actual) / (tolerance * Math.max(1, Math.abs(expected)));
}
