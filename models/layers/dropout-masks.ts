import * as tf from "@tensorflow/tfjs";

interface Mask {
  readonly shape: number[];
  readonly variable: tf.Variable;
}

/**
 * The dropout masks of one layer: zeros (a fraction `rate`) and 1 / (1 - rate), fixed by seed and step alone. They are
 * variables that are filled before a step, so that a step whose graph is replayed (`compileStep`) drops anew. Masks for
 * inputs of other shapes (a short last batch) are others, and only those of the step's own input are drawn.
 */
export class DropoutMasks {
  readonly #rate: number;
  readonly #seed: number;
  /** By the shape of the network's input, then by the mask's own. */
  readonly #byInput = new Map<string, Map<string, Mask>>();
  #step = 0;
  #inputShape = "";

  constructor(rate: number, seed: number) {
    this.#rate = rate;
    this.#seed = seed;
  }

  /** Draws the masks of a step. @param inputShape of the network's input, as text */
  startStep(step: number, inputShape: string): void {
    this.#step = step;
    this.#inputShape = inputShape;
    for (const { shape, variable } of this.#byInput.get(inputShape)?.values() ?? []) {
      const mask = this.#draw(shape);
      variable.assign(mask);
      mask.dispose();
    }
  }

  /** The step's mask of a shape. */
  read(shape: number[]): tf.Tensor {
    const masks = this.#byInput.get(this.#inputShape) ?? new Map<string, Mask>();
    this.#byInput.set(this.#inputShape, masks);
    const key = shape.join();
    const known = masks.get(key);
    if (known !== undefined) return known.variable;
    const variable = tf.variable(this.#draw(shape), false);
    masks.set(key, { shape, variable });
    return variable;
  }

  dispose(): void {
    for (const masks of this.#byInput.values()) for (const { variable } of masks.values()) variable.dispose();
    this.#byInput.clear();
  }

  /** In JavaScript, for tf.randomUniform takes ten times as long; a 32-bit word decides two values: rate to 2^-16. */
  #draw(shape: number[]): tf.Tensor {
    const values = new Float32Array(tf.util.sizeFromShape(shape));
    const threshold = Math.round(this.#rate * 65_536);
    const kept = 65_536 / (65_536 - threshold);
    let word = mixWords(mixWords(this.#seed) ^ Math.imul(this.#step + 1, 0x9e3779b9)) || 1;
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
}

/** The finaliser of MurmurHash3 (Appleby 2011): neighbouring seeds and steps must not give related masks. */
function mixWords(value: number): number {
  let word = value | 0;
  word = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
  word = Math.imul(word ^ (word >>> 13), 0xc2b2ae35);
  return word ^ (word >>> 16);
}
