import * as tf from "@tensorflow/tfjs";
import { createRandom } from "../../common/random.ts";
import type { TrainedWeight } from "./optimisers/optimiser.ts";

/**
 * A linear layer from what the network pools over time to a teaching backbone's embeddings. It trains with the network,
 * whose trunk so learns to separate what the backbone separates, and is left behind with the last step: the network
 * that is saved has its own weights only.
 */
export interface EmbeddingRegression {
  /** Kernel [pooled, numbers] and bias [numbers]. */
  readonly weights: readonly [TrainedWeight, TrainedWeight];
  /** The network with a second output, the input of its last layer. It shares its layers, which the network disposes. */
  readonly pooled: tf.LayersModel;
}

export function createRegression(model: tf.LayersModel, numbers: number, seed: number): EmbeddingRegression {
  const { input } = model.getLayer("logits");
  const [logits] = model.outputs;
  if (Array.isArray(input) || logits === undefined) throw new TypeError("logits: expected one input");
  const inputs = input.shape.at(-1);
  if (typeof inputs !== "number") throw new TypeError("logits: expected an input of known width");
  const random = createRandom(seed, "embedding regression");
  const limit = 1 / Math.sqrt(inputs);
  const kernel = Float32Array.from({ length: inputs * numbers }, () => limit * (2 * random.next() - 1));
  const add = (name: string, value: tf.Tensor): TrainedWeight => ({
    name,
    variable: tf.variable(value),
    decays: name.endsWith("kernel"),
  });
  return {
    weights: [
      add("regression/kernel", tf.tensor2d(kernel, [inputs, numbers])),
      add("regression/bias", tf.zeros([numbers])),
    ],
    pooled: tf.model({ inputs: model.inputs, outputs: [logits, input] }),
  };
}

/** Logits, and the embeddings as the network sees them so far. */
export function applyWithRegression(
  { pooled, weights: [kernel, bias] }: EmbeddingRegression,
  input: tf.Tensor,
): { readonly logits: tf.Tensor; readonly embeddings: tf.Tensor } {
  const outputs = pooled.apply(input, { training: true });
  if (!Array.isArray(outputs)) throw new TypeError("regression: expected two outputs");
  const [logits, features] = outputs;
  if (!(logits instanceof tf.Tensor) || !(features instanceof tf.Tensor))
    throw new TypeError("regression: expected two tensors");
  return { logits, embeddings: tf.matMul(features, kernel.variable).add(bias.variable) };
}
