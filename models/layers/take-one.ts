import * as tf from "@tensorflow/tfjs";

/** The tensor of a layer that has one input: TF.js hands over a tensor or a list of one. */
export function takeOne(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
  const list = inputs instanceof tf.Tensor ? [inputs] : inputs;
  const [only] = list;
  if (only === undefined || list.length > 1)
    throw new RangeError(`expected one input tensor, got ${list.length}`);
  return only;
}

/** Size of the last axis, which our layers treat as channels. @throws RangeError when it is not fixed */
export function readChannels(layerName: string, shape: tf.Shape | tf.Shape[]): number {
  const [first] = shape;
  const single = Array.isArray(first) ? first : shape;
  const channels = single.at(-1);
  if (typeof channels !== "number")
    throw new RangeError(
      `${layerName}: expected a fixed number of channels, got shape [${single.join(", ")}]`,
    );
  return channels;
}
