import * as tf from "@tensorflow/tfjs";
import { takeOne } from "./take-one.ts";

/**
 * Adds sinusoidal positions (Vaswani et al. 2017, section 3.5): channel 2i of frame t gets sin(t / 10000^(2i/width)),
 * channel 2i + 1 the cosine. Any number of frames. Input and output: [batch, frames, width]; no weights.
 */
export class SinusoidalPositions extends tf.layers.Layer {
  static readonly className = "SinusoidalPositions";

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => {
      const x = takeOne(inputs);
      const [, frames, width] = x.shape;
      if (frames === undefined || width === undefined || x.rank !== 3)
        throw new RangeError(`${this.name}: expected [batch, frames, width], got [${x.shape.join(", ")}]`);
      return x.add(tf.tensor2d(computePositions(frames, width), [frames, width]));
    });
  }
}
tf.serialization.registerClass(SinusoidalPositions);

/** The table [frames, width], row-major. */
function computePositions(frames: number, width: number): Float32Array {
  const table = new Float32Array(frames * width);
  for (let frame = 0; frame < frames; frame++) {
    for (let channel = 0; channel < width; channel++) {
      const pair = channel - (channel % 2);
      const angle = frame / 10_000 ** (pair / width);
      table[frame * width + channel] = channel % 2 === 0 ? Math.sin(angle) : Math.cos(angle);
    }
  }
  return table;
}
