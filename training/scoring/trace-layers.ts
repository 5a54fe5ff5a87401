import * as tf from "@tensorflow/tfjs";
import type { FeatureShape } from "../../features/scorer.ts";
import { transformInputs, type ScoringModel } from "./tfjs-scorer.ts";

/**
 * Every layer's output for one batch, by the layer's name, in the order of computation.
 * @param values raw log-mel of `shape`, row-major
 */
export async function traceLayers(
  trained: ScoringModel,
  values: Float32Array,
  shape: FeatureShape,
): Promise<Map<string, Float32Array>> {
  const { model, features, standardisation } = trained;
  const inputs = transformInputs(values, shape, features, standardisation);
  const layers = model.layers.filter((layer) => !model.inputLayers.includes(layer));
  const outputs = layers.flatMap(({ output }) => output);
  const probe = tf.model({ inputs: model.inputs, outputs });
  const tensors = tf.tidy(() => probe.predict(tf.tensor3d(inputs, [...shape])));
  const traced = new Map<string, Float32Array>();
  for (const [index, tensor] of [tensors].flat().entries()) {
    const layer = layers[index];
    if (layer !== undefined) traced.set(layer.name, await tensor.data<"float32">());
    tensor.dispose();
  }
  return traced;
}
