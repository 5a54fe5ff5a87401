import * as tf from "@tensorflow/tfjs";
import type { FeatureShape } from "../../features/scorer.ts";

/** Runs the network on its input (level, clip mean and standardisation applied). Returns logits, [clips, classes]. */
export async function predictLogits(
  model: tf.LayersModel,
  values: Float32Array,
  shape: FeatureShape,
): Promise<Float32Array> {
  const logits = tf.tidy(() => applyModel(model, tf.tensor3d(values, [...shape]), false));
  const data = await logits.data<"float32">();
  logits.dispose();
  return data;
}

/** Forward pass of a network with one output. */
export function applyModel(model: tf.LayersModel, input: tf.Tensor, training: boolean): tf.Tensor {
  const output = model.apply(input, { training });
  if (output instanceof tf.Tensor) return output;
  throw new TypeError(`${model.name}: expected one output tensor`);
}
