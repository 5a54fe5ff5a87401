import type * as tf from "@tensorflow/tfjs";
import type { LayerCall } from "../../graph/layer-call.ts";

/** The layer inside Bidirectional or TimeDistributed, which TF.js keeps in a property. */
export function takeInnerLayer(
  layer: LayerCall,
  property: "layer" | "forwardLayer" | "backwardLayer",
): tf.layers.Layer {
  const child: unknown = Reflect.get(layer.layer, property);
  if (!isLayer(child)) throw new Error(`${layer.name} (${layer.className}): expected a layer in ${property}`);
  return child;
}

/** By what only layers have: a cell need not come from the same copy of TF.js's class. */
export function isLayer(value: unknown): value is tf.layers.Layer {
  return typeof value === "object" && value !== null && "getClassName" in value && "getConfig" in value;
}
