import * as tf from "@tensorflow/tfjs";
import * as ort from "onnxruntime-node";
import { expect } from "vitest";
import { exportLayersModel, type ExportOptions } from "../../export/export-layers-model.ts";

export interface ParityOptions extends ExportOptions {
  /** Of the data, batch included. */
  readonly inputShape: readonly number[];
  /** Of the model's input without the batch, where null makes an axis dynamic. Default: as the data. */
  readonly modelShape?: readonly (number | null)[];
  readonly seed?: number;
  readonly absoluteTolerance?: number;
  /** Turns a standard normal number into an input, e.g. into a word's index. */
  readonly fill?: (value: number, index: number) => number;
  readonly dtype?: "float32" | "int32" | "bool";
  /** Asks the layer itself and not a model: for layers that TF.js 4.22 cannot run in a model. */
  readonly eager?: boolean;
}

/** Exports a model of this one layer, and expects ONNX Runtime to answer as TF.js does. */
export async function expectParity(layer: tf.layers.Layer, options: ParityOptions): Promise<void> {
  const { inputShape, modelShape = inputShape.slice(1), dtype = "float32" } = options;
  const input = tf.input({ shape: [...modelShape], dtype, name: "x" });
  const applied = layer.apply(input);
  const outputs = Array.isArray(applied) ? applied : [applied];
  const model = tf.model({ inputs: input, outputs: outputs.filter(isSymbolic) });
  // CenterCrop and CategoryEncoding have overwritten it.
  input.shape.splice(0, input.shape.length, null, ...modelShape);
  await expectModelParity(model, [inputShape], options, options.eager === true ? layer : undefined);
}

/** The same for a whole model, one data shape an input. Weights and inputs are random by `seed`. */
export async function expectModelParity(
  model: tf.LayersModel,
  inputShapes: readonly (readonly number[])[],
  options: Omit<ParityOptions, "inputShape"> = {},
  eagerLayer?: tf.layers.Layer,
): Promise<void> {
  const { seed = 1, absoluteTolerance = 1e-5, fill = (value: number) => value } = options;
  const random = createNormal(seed);
  randomiseWeights(model, random);
  const arrays = inputShapes.map((shape) =>
    Float32Array.from({ length: countElements(shape) }, (_, index) => fill(random(), index)),
  );
  const expected =
    eagerLayer === undefined
      ? predict(model, arrays, inputShapes)
      : applyEagerly(eagerLayer, arrays[0] ?? new Float32Array(), inputShapes[0] ?? []);
  const actual = await runOnnx(exportLayersModel(model, options), model, arrays, inputShapes);
  expect(actual.map(({ dims }) => dims)).toEqual(expected.map(({ dims }) => dims));
  expected.forEach(({ data }, index) => {
    expectClose(actual[index]?.data ?? [], data, absoluteTolerance, model.outputNames[index] ?? "");
  });
}

interface Answer {
  readonly data: ArrayLike<number>;
  readonly dims: readonly number[];
}

export function predict(
  model: tf.LayersModel,
  arrays: readonly Float32Array[],
  shapes: readonly (readonly number[])[],
): Answer[] {
  return tf.tidy(() => {
    const inputs = arrays.map((array, index) => {
      const dtype = model.inputs[index]?.dtype ?? "float32";
      return tf.tensor(array, [...(shapes[index] ?? [])], dtype);
    });
    const answer = model.predict(inputs);
    return (Array.isArray(answer) ? answer : [answer]).map((tensor) => ({
      data: Float32Array.from(tensor.dataSync()),
      dims: tensor.shape,
    }));
  });
}

function applyEagerly(layer: tf.layers.Layer, array: Float32Array, shape: readonly number[]): Answer[] {
  return tf.tidy(() => {
    const answer = layer.call(tf.tensor(array, [...shape]), {});
    return (Array.isArray(answer) ? answer : [answer]).map((tensor) => ({
      data: Float32Array.from(tensor.dataSync()),
      dims: tensor.shape,
    }));
  });
}

export async function runOnnx(
  bytes: Uint8Array,
  model: tf.LayersModel,
  arrays: readonly Float32Array[],
  shapes: readonly (readonly number[])[],
): Promise<Answer[]> {
  const session = await ort.InferenceSession.create(bytes, { logSeverityLevel: 3, intraOpNumThreads: 1 });
  const feeds = model.inputNames.map((name, index) => {
    const array = arrays[index] ?? new Float32Array();
    const dims = [...(shapes[index] ?? [])];
    return [name, makeTensor(array, dims, model.inputs[index]?.dtype)] as const;
  });
  const results = await session.run(Object.fromEntries(feeds));
  const answers = session.outputNames.map((name) => {
    const tensor = results[name];
    if (tensor === undefined) throw new Error(`no output ${name}`);
    return { data: Array.from(tensor.data, Number), dims: tensor.dims };
  });
  await session.release();
  return answers;
}

function makeTensor(array: Float32Array, dims: number[], dtype: tf.DataType | undefined): ort.Tensor {
  if (dtype === "int32") return new ort.Tensor("int32", Int32Array.from(array), dims);
  if (dtype === "bool") return new ort.Tensor("bool", Uint8Array.from(array), dims);
  return new ort.Tensor("float32", array, dims);
}

/** Shows both answers at the place of the largest difference. */
export function expectClose(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  absoluteTolerance: number,
  title: string,
): void {
  expect(actual.length, title).toBe(expected.length);
  let worst = { difference: 0, index: 0 };
  for (let index = 0; index < expected.length; index++) {
    const [a = NaN, b = NaN] = [actual[index], expected[index]];
    const difference = Object.is(a, b) ? 0 : Math.abs(a - b);
    // Above 1 the tolerance is relative: float32 has no more digits.
    const scaled = difference / Math.max(1, Math.abs(b));
    if (!(scaled <= worst.difference)) worst = { difference: scaled, index };
  }
  const { difference, index } = worst;
  const message = `${title}: largest difference ${difference} at ${index}: ${actual[index]} for ${expected[index]}`;
  expect(difference <= absoluteTolerance, message).toBe(true);
}

/** Random weights of a size that keeps answers near 1; variances stay positive. */
export function randomiseWeights(model: tf.LayersModel, random: () => number): void {
  for (const variable of model.weights) {
    const { shape, name } = variable;
    const sizes = shape.map((size) => size ?? 1);
    const fanIn = sizes.length > 1 ? countElements(sizes.slice(0, -1)) : 4;
    const values = Float32Array.from({ length: countElements(sizes) }, () => {
      const value = random() / Math.sqrt(fanIn);
      return name.includes("variance") ? 0.5 + Math.abs(value) : value;
    });
    variable.write(tf.tensor(values, sizes));
  }
}

/** Standard normal numbers of a seed (mulberry32, Box-Muller). */
export function createNormal(seed: number): () => number {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
}

export function countElements(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

function isSymbolic(value: unknown): value is tf.SymbolicTensor {
  return value instanceof tf.SymbolicTensor;
}

/** The only symbolic tensor that a layer's `apply` gave. */
export function takeSymbolic(applied: unknown): tf.SymbolicTensor {
  const list: unknown[] = Array.isArray(applied) ? applied : [applied];
  const [only] = list;
  if (!isSymbolic(only)) throw new TypeError("expected a symbolic tensor");
  return only;
}
