import type * as tf from "@tensorflow/tfjs";
import type { LayerCall } from "./converter.ts";
import type { Dims } from "./value.ts";
import type { Weight } from "./weight.ts";

/** What a converter may know of a layer. */
export function readLayer(layer: tf.layers.Layer, outputDims: readonly Dims[]): LayerCall {
  return {
    name: layer.name,
    className: layer.getClassName(),
    config: layer.getConfig(),
    weights: readWeights(layer),
    outputDims,
    layer,
  };
}

/** By role, the last part of a variable's name: `conv1/kernel` -> `kernel`. */
function readWeights(layer: tf.layers.Layer): Map<string, Weight> {
  const weights = layer.weights.map((variable): [string, Weight] => {
    const role = variable.originalName.split("/").at(-1) ?? variable.originalName;
    const tensor = variable.read();
    return [role, { data: Float32Array.from(tensor.dataSync()), dims: tensor.shape }];
  });
  return new Map(weights);
}
