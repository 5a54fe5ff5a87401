import * as tf from "@tensorflow/tfjs";

/** Applies a layer that has one input and one output. */
export function applyLayer(layer: tf.layers.Layer, input: tf.SymbolicTensor): tf.SymbolicTensor {
  return takeSymbolic(layer.name, layer.apply(input));
}

/** Applies a layer that joins several inputs, such as Add and Concatenate. */
export function applyMerge(layer: tf.layers.Layer, inputs: tf.SymbolicTensor[]): tf.SymbolicTensor {
  return takeSymbolic(layer.name, layer.apply(inputs));
}

function takeSymbolic(name: string, output: unknown): tf.SymbolicTensor {
  if (output instanceof tf.SymbolicTensor) return output;
  throw new TypeError(`${name}: expected one symbolic output`);
}
