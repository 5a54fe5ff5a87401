import * as tf from "@tensorflow/tfjs";
import { readChannels, takeOne } from "./take-one.ts";

interface CentredBatchNormArgs {
  name?: string;
  /** Added to the variance. */
  epsilon?: number;
  /** Fraction of the old moving statistics that a training step keeps. */
  momentum?: number;
}

/**
 * Batch normalisation with centre but no scale (Ioffe and Szegedy 2015), over all axes but the last:
 * y = (x - mean) / sqrt(variance + epsilon) + beta. Input and output: [batch, frames, channels].
 * Weights: beta (trained), moving mean and moving variance (state). As in PyTorch, the moving variance takes the
 * unbiased estimate, the batch is divided by the biased one. Own layer, because that of TF.js 4.22 throws in
 * training without a scale.
 */
export class CentredBatchNorm extends tf.layers.Layer {
  static readonly className = "CentredBatchNorm";
  readonly epsilon: number;
  readonly momentum: number;
  #weight?: Record<"beta" | "movingMean" | "movingVariance", tf.LayerVariable>;

  constructor(args: CentredBatchNormArgs = {}) {
    super(args);
    this.epsilon = args.epsilon ?? 1e-5;
    this.momentum = args.momentum ?? 0.9;
    if (!(this.epsilon > 0)) throw new RangeError(`${this.name}: expected epsilon > 0, got ${this.epsilon}`);
    if (!(this.momentum >= 0 && this.momentum < 1))
      throw new RangeError(`${this.name}: expected momentum in [0, 1), got ${this.momentum}`);
  }

  override build(inputShape: tf.Shape | tf.Shape[]): void {
    const shape = [readChannels(this.name, inputShape)];
    const zeros = tf.initializers.zeros();
    const ones = tf.initializers.ones();
    this.#weight = {
      beta: this.addWeight("beta", shape, "float32", zeros),
      movingMean: this.addWeight("moving_mean", shape, "float32", zeros, undefined, false),
      movingVariance: this.addWeight("moving_variance", shape, "float32", ones, undefined, false),
    };
    super.build(inputShape);
  }

  override call(inputs: tf.Tensor | tf.Tensor[], kwargs: Record<string, unknown>): tf.Tensor {
    const weight = this.#weight;
    if (weight === undefined) throw new Error(`${this.name}: called before build`);
    return tf.tidy(() => {
      const x = takeOne(inputs);
      if (kwargs.training === true) return this.#normaliseBatch(x).add(weight.beta.read());
      const scale = weight.movingVariance.read().add(this.epsilon).rsqrt();
      return x.mul(scale).add(weight.beta.read().sub(weight.movingMean.read().mul(scale)));
    });
  }

  /**
   * (x - mean) / deviation with the batch's statistics, which also enter the moving ones. The gradient is written
   * out, in place of the tape through mean and variance, because it needs a third of the passes over the data:
   * dx = (dy - mean(dy) - y mean(dy y)) / deviation.
   */
  #normaliseBatch(input: tf.Tensor): tf.Tensor {
    const channels = readChannels(this.name, input.shape);
    const normalise = tf.customGrad((x, save) => {
      if (!(x instanceof tf.Tensor) || typeof save !== "function") throw new TypeError("expected x, save");
      const rows = x.reshape([-1, channels]);
      const mean = rows.mean(0);
      const centred = rows.sub(mean);
      const variance = centred.square().mean(0);
      const inverse = variance.add(this.epsilon).rsqrt();
      const normalised = centred.mul(inverse);
      this.#updateStatistics(mean, variance, input.size / channels);
      save([normalised, inverse]);
      const gradFunc = (dy: tf.Tensor, [y, scale]: tf.Tensor[]): tf.Tensor => {
        if (y === undefined || scale === undefined) throw new Error("expected the saved tensors");
        const dyRows = dy.reshape([-1, channels]);
        const correction = y.mul(dyRows.mul(y).mean(0));
        return dyRows.sub(dyRows.mean(0)).sub(correction).mul(scale).reshape(dy.shape);
      };
      return { value: normalised.reshape(x.shape), gradFunc };
    });
    return normalise(input);
  }

  #updateStatistics(mean: tf.Tensor, variance: tf.Tensor, count: number): void {
    const weight = this.#weight;
    const { momentum } = this;
    const unbiased = variance.mul(count / Math.max(1, count - 1));
    const mix = (old: tf.LayerVariable | undefined, batch: tf.Tensor): void => {
      old?.write(
        old
          .read()
          .mul(momentum)
          .add(batch.mul(1 - momentum)),
      );
    };
    mix(weight?.movingMean, mean);
    mix(weight?.movingVariance, unbiased);
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), epsilon: this.epsilon, momentum: this.momentum };
  }
}
tf.serialization.registerClass(CentredBatchNorm);
