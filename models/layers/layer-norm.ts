import * as tf from "@tensorflow/tfjs";
import { readChannels, takeOne } from "./take-one.ts";

interface LayerNormArgs {
  name?: string;
  /** Added to the variance. */
  epsilon?: number;
}

/**
 * Layer normalisation (Ba et al. 2016) over the last axis: gamma (x - mean) / sqrt(variance + epsilon) + beta.
 * Input and output: [..., width]. Weights: gamma and beta, [width] each.
 */
export class LayerNorm extends tf.layers.Layer {
  static readonly className = "LayerNorm";
  readonly epsilon: number;
  #weight?: Record<"gamma" | "beta", tf.LayerVariable>;

  constructor(args: LayerNormArgs = {}) {
    super(args);
    this.epsilon = args.epsilon ?? 1e-5;
    if (!(this.epsilon > 0)) throw new RangeError(`${this.name}: expected epsilon > 0, got ${this.epsilon}`);
  }

  override build(inputShape: tf.Shape | tf.Shape[]): void {
    const shape = [readChannels(this.name, inputShape)];
    this.#weight = {
      gamma: this.addWeight("gamma", shape, "float32", tf.initializers.ones()),
      beta: this.addWeight("beta", shape, "float32", tf.initializers.zeros()),
    };
    super.build(inputShape);
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const weight = this.#weight;
    if (weight === undefined) throw new Error(`${this.name}: called before build`);
    return tf.tidy(() =>
      normaliseRows(takeOne(inputs), this.epsilon).mul(weight.gamma.read()).add(weight.beta.read()),
    );
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), epsilon: this.epsilon };
  }
}
tf.serialization.registerClass(LayerNorm);

/**
 * (x - mean) / deviation of the last axis, with the gradient written out, which needs a third of the tape's passes:
 * dx = (dy - mean(dy) - y mean(dy y)) / deviation.
 */
function normaliseRows(input: tf.Tensor, epsilon: number): tf.Tensor {
  const normalise = tf.customGrad((x, save) => {
    if (!(x instanceof tf.Tensor) || typeof save !== "function") throw new TypeError("expected x, save");
    const centred = x.sub(x.mean(-1, true));
    const inverse = centred.square().mean(-1, true).add(epsilon).rsqrt();
    const value = centred.mul(inverse);
    save([value, inverse]);
    const gradFunc = (dy: tf.Tensor, [y, scale]: tf.Tensor[]): tf.Tensor => {
      if (y === undefined || scale === undefined) throw new Error("expected the saved tensors");
      return dy
        .sub(dy.mean(-1, true))
        .sub(y.mul(dy.mul(y).mean(-1, true)))
        .mul(scale);
    };
    return { value, gradFunc };
  });
  return normalise(input);
}
