import * as tf from "@tensorflow/tfjs";

/**
 * A tensor of zeros (share `rate`) and 1 / (1 - rate), fixed by seed and step. Drawn here and not by
 * tf.randomUniform, which takes ten times as long; each 32-bit word decides two values, so the rate is exact to 2^-16.
 */
export function drawDropoutMask(shape: number[], rate: number, seed: number, step: number): tf.Tensor {
  const values = new Float32Array(tf.util.sizeFromShape(shape));
  const threshold = Math.round(rate * 65_536);
  const kept = 65_536 / (65_536 - threshold);
  let word = mixWords(mixWords(seed) ^ Math.imul(step + 1, 0x9e3779b9)) || 1;
  for (let index = 0; index < values.length; index += 2) {
    // xorshift32 (Marsaglia 2003)
    word ^= word << 13;
    word ^= word >>> 17;
    word ^= word << 5;
    values[index] = (word & 0xffff) < threshold ? 0 : kept;
    values[index + 1] = word >>> 16 < threshold ? 0 : kept; // past the end it is ignored
  }
  return tf.tensor(values, shape);
}

/** The finaliser of MurmurHash3 (Appleby 2011): neighbouring seeds and steps must not give related masks. */
function mixWords(value: number): number {
  let word = value | 0;
  word = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
  word = Math.imul(word ^ (word >>> 13), 0xc2b2ae35);
  return word ^ (word >>> 16);
}
