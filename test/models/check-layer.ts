import * as tf from "@tensorflow/tfjs";
import { expect } from "vitest";
import { createRandom } from "../../common/random.ts";
import { countParameters } from "../../models/summarise-network.ts";

interface LayerExpectations {
  /** With the batch first. */
  inputShape: number[];
  /** Trainable values. */
  parameterCount: number;
  /** Whether gradients are those of training mode; both modes are run anyway. */
  training?: boolean;
}

/**
 * One call for what every layer owes: symbolic and eager shapes agree, the parameters count, config and weights
 * survive saving, inference repeats, gradients of input and weights agree with finite differences, nothing leaks.
 */
export async function checkLayer(
  create: () => tf.layers.Layer,
  { inputShape, parameterCount, training = false }: LayerExpectations,
): Promise<void> {
  const layer = create();
  const model = wrapLayer(layer, inputShape);
  randomiseWeights(model);
  const x = drawTensor("input", inputShape);
  expect(countParameters(layer).trainable).toBe(parameterCount);

  const y = forward(model, x, false);
  expect(layer.computeOutputShape(inputShape)).toEqual(y.shape);
  expect(await forward(model, x, false).data()).toEqual(await y.data());
  await checkSaving(model, x, y);

  await checkGradients(model, x, training);
  const before = tf.memory().numTensors;
  tf.dispose(forward(model, x, true));
  tf.dispose(forward(model, x, false));
  expect(tf.memory().numTensors).toBe(before);
  tf.dispose([x, y]);
  model.dispose();
}

/** A model of one layer with a dynamic second axis (frames), as the networks use it. */
export function wrapLayer(layer: tf.layers.Layer, [, ...axes]: readonly number[]): tf.LayersModel {
  const shape = axes.map((axis, index) => (index === 0 && axes.length > 1 ? null : axis));
  const input = tf.input({ shape });
  const output = layer.apply(input);
  if (!(output instanceof tf.SymbolicTensor)) throw new TypeError("expected one symbolic output");
  return tf.model({ inputs: input, outputs: output });
}

export function forward(model: tf.LayersModel, x: tf.Tensor, training: boolean): tf.Tensor {
  const y = model.apply(x, { training });
  if (!(y instanceof tf.Tensor)) throw new TypeError("expected one output tensor");
  return y;
}

/** Normal values, fixed by the name. */
export function drawTensor(name: string, shape: number[]): tf.Tensor {
  const random = createRandom(11, name);
  return tf.tensor(Array.from({ length: tf.util.sizeFromShape(shape) }, random.normal), shape);
}

/** Replaces first values, many of which are zero or one, by ones that a wrong formula shows on. */
function randomiseWeights(model: tf.LayersModel): void {
  const values = model.weights.map(({ originalName, shape }) => {
    const sizes = shape.map((axis) => axis ?? 1);
    const drawn = drawTensor(originalName, sizes).mul(0.4);
    return originalName.endsWith("variance") ? drawn.abs().add(0.5) : drawn.add(0.3);
  });
  model.setWeights(values);
  tf.dispose(values);
}

async function checkSaving(model: tf.LayersModel, x: tf.Tensor, y: tf.Tensor): Promise<void> {
  const saved = await new Promise<tf.io.ModelArtifacts>((resolve, reject) => {
    const handler = tf.io.withSaveHandler((artifacts) => {
      resolve(artifacts);
      return Promise.resolve({ modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: "JSON" } });
    });
    model.save(handler).catch(reject);
  });
  const loaded = await tf.loadLayersModel(tf.io.fromMemory(saved));
  const again = forward(loaded, x, false);
  expect(await again.data()).toEqual(await y.data());
  expect(loaded.layers.at(-1)?.getConfig()).toEqual(model.layers.at(-1)?.getConfig());
  again.dispose();
  loaded.dispose();
}

/** Fraction of the gradient's size by which float32 differences may miss it. */
const gradientTolerance = 5e-3;
const probes = 3;

/** Compares gradients of sum(output * probe) with central differences along random directions. */
async function checkGradients(model: tf.LayersModel, x: tf.Tensor, training: boolean): Promise<void> {
  const input = tf.variable(x);
  const weights = model.trainableWeights.map((weight) => readVariable(weight.read()));
  const variables = [input, ...weights];
  const names = ["input", ...model.trainableWeights.map(({ originalName }) => originalName)];
  const y = forward(model, x, false);
  const probe = drawTensor("probe", y.shape);
  const { grads } = tf.variableGrads(
    () => forward(model, input, training).mul(probe).sum().asScalar(),
    variables,
  );
  for (const [index, variable] of variables.entries()) {
    const gradient = grads[variable.name];
    if (gradient === undefined) throw new Error(`${names[index] ?? ""}: no gradient`);
    for (let count = 0; count < probes; count++) {
      const direction = drawTensor(`direction ${count}`, variable.shape);
      const expected = await differentiate(variable, direction, async () => {
        const output = forward(model, input, training);
        const total = await sumProducts(output, probe);
        output.dispose();
        return total;
      });
      const actual = await sumProducts(gradient, direction);
      // A gradient that is zero in theory, such as that of a key's bias, is all rounding.
      const scale = Math.max(1, Math.sqrt((await sumProducts(gradient, gradient)) * direction.size));
      expect(Math.abs(actual - expected) / scale, `gradient of ${names[index] ?? ""}`).toBeLessThan(
        gradientTolerance,
      );
      direction.dispose();
    }
  }
  tf.dispose([grads, input, y, probe]);
}

/** (f(v + h d) - f(v - h d)) / 2h; the variable ends as it was. */
async function differentiate(
  variable: tf.Variable,
  direction: tf.Tensor,
  evaluate: () => Promise<number>,
): Promise<number> {
  const step = 4e-3;
  const start = variable.clone();
  const at = async (offset: number): Promise<number> => {
    tf.tidy(() => {
      variable.assign(start.add(direction.mul(offset)));
    });
    return await evaluate();
  };
  const difference = (await at(step)) - (await at(-step));
  variable.assign(start);
  start.dispose();
  return difference / (2 * step);
}

/** Summed in float64: float32 would drown the difference of two sums. */
async function sumProducts(a: tf.Tensor, b: tf.Tensor): Promise<number> {
  const [left, right] = await Promise.all([a.data<"float32">(), b.data<"float32">()]);
  return left.reduce((sum, value, index) => sum + value * (right[index] ?? 0), 0);
}

function readVariable(tensor: tf.Tensor): tf.Variable {
  if (isVariable(tensor)) return tensor;
  throw new TypeError("expected a variable");
}

const isVariable = (tensor: tf.Tensor): tensor is tf.Variable => tensor instanceof tf.Variable;
