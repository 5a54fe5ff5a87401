import * as tf from "@tensorflow/tfjs";

/**
 * Divides a network's logits by a temperature (Guo et al. 2017) from now on: the weights and the bias of its last
 * layer, a linear one, are divided by it in place. So every use of the network, the exported file among them, gives
 * logits whose softmax is calibrated.
 */
export function applyTemperature(model: tf.LayersModel, temperature: number): void {
  const [layer] = model.outputLayers;
  if (layer === undefined) throw new Error(`${model.name}: expected a last layer`);
  tf.tidy(() => {
    for (const weight of layer.weights) weight.write(weight.read().div(temperature));
  });
}
