import * as tf from "@tensorflow/tfjs";
import { DropoutMasks } from "./dropout-masks.ts";
import { takeOne } from "./take-one.ts";

interface SeededDropoutArgs {
  name?: string;
  /** Fraction of the values that are set to zero in training. */
  rate: number;
  seed?: number;
}

/**
 * Dropout (Srivastava et al. 2014), scaled so that inference is the identity. The mask is a function of seed and
 * `step` alone, so training that resumes at a step drops the same values as training that never stopped; TF.js's own
 * Dropout with a seed draws the same mask at every step. Any shape in, the same out; no weights.
 */
export class SeededDropout extends tf.layers.Layer {
  static readonly className = "SeededDropout";
  readonly rate: number;
  readonly seed: number;
  /** Filled by the trainer before each step (`startDropoutStep`). */
  readonly masks: DropoutMasks;

  constructor(args: SeededDropoutArgs) {
    super(args);
    this.rate = args.rate;
    this.seed = args.seed ?? 0;
    if (!(this.rate >= 0 && this.rate < 1))
      throw new RangeError(`${this.name}: expected rate in [0, 1), got ${this.rate}`);
    this.masks = new DropoutMasks(this.rate, this.seed);
  }

  override call(inputs: tf.Tensor | tf.Tensor[], kwargs: Record<string, unknown>): tf.Tensor {
    return tf.tidy(() => {
      const x = takeOne(inputs);
      if (kwargs.training !== true || this.rate === 0) return x.clone();
      return x.mul(this.masks.read(x.shape));
    });
  }

  override dispose(): ReturnType<tf.layers.Layer["dispose"]> {
    this.masks.dispose();
    return super.dispose();
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), rate: this.rate, seed: this.seed };
  }
}
tf.serialization.registerClass(SeededDropout);
