import * as tf from "@tensorflow/tfjs";
import type { Initialiser } from "../create-initialiser.ts";
import { DropoutMasks } from "./dropout-masks.ts";
import { readChannels, takeOne } from "./take-one.ts";
import { tuple } from "../../common/at.ts";

const roles = ["query", "key", "value", "output"] as const;
type Role = (typeof roles)[number];

interface MultiHeadAttentionArgs {
  name?: string;
  heads: number;
  /** Fraction of the attention weights that are set to zero in training. */
  dropout?: number;
  /** Seeds dropout. */
  seed?: number;
  /** First values of the four kernels, in the order of `roles`; not part of the config, for loading replaces them. */
  createKernel?: () => Initialiser;
}

/**
 * Multi-head self-attention (Vaswani et al. 2017, section 3.2.2). Input and output: [batch, frames, width].
 * Weights: kernel [width, width] and bias [width] for query, key, value and output, 4 (width² + width) in all,
 * whatever `heads` is. @throws RangeError when `heads` does not divide width
 */
export class MultiHeadAttention extends tf.layers.Layer {
  static readonly className = "MultiHeadAttention";
  readonly heads: number;
  readonly dropout: number;
  readonly seed: number;
  /** Filled by the trainer before each step (`startDropoutStep`). */
  readonly masks: DropoutMasks;
  readonly #createKernel: () => Initialiser;
  readonly #projections = new Map<Role, { kernel: tf.LayerVariable; bias: tf.LayerVariable }>();

  constructor(args: MultiHeadAttentionArgs) {
    super(args);
    this.heads = args.heads;
    this.dropout = args.dropout ?? 0;
    this.seed = args.seed ?? 0;
    this.#createKernel = args.createKernel ?? (() => tf.initializers.glorotUniform({ seed: this.seed + 1 }));
    if (!Number.isInteger(this.heads) || this.heads < 1)
      throw new RangeError(`${this.name}: expected heads to be a positive integer, got ${this.heads}`);
    if (!(this.dropout >= 0 && this.dropout < 1))
      throw new RangeError(`${this.name}: expected dropout in [0, 1), got ${this.dropout}`);
    this.masks = new DropoutMasks(this.dropout, this.seed);
  }

  override build(inputShape: tf.Shape | tf.Shape[]): void {
    const width = readChannels(this.name, inputShape);
    if (width % this.heads !== 0)
      throw new RangeError(`${this.name}: expected a width divisible by heads ${this.heads}, got ${width}`);
    for (const role of roles) {
      const kernel = this.addWeight(`${role}_kernel`, [width, width], "float32", this.#createKernel());
      const bias = this.addWeight(`${role}_bias`, [width], "float32", tf.initializers.zeros());
      this.#projections.set(role, { kernel, bias });
    }
    super.build(inputShape);
  }

  override call(inputs: tf.Tensor | tf.Tensor[], kwargs: Record<string, unknown>): tf.Tensor {
    return tf.tidy(() => {
      const x = takeOne(inputs);
      const [batch, frames, width] = tuple(x.shape, 3);
      const rows = x.reshape([-1, width]);
      const split = (role: Role): tf.Tensor =>
        this.#project(role, rows)
          .reshape([batch, frames, this.heads, width / this.heads])
          .transpose([0, 2, 1, 3]); // [batch, heads, frames, width / heads]
      const scores = tf.matMul(split("query"), split("key"), false, true).mul(Math.sqrt(this.heads / width));
      const weights = this.#dropWeights(tf.softmax(scores), kwargs.training === true);
      const joined = tf.matMul(weights, split("value")).transpose([0, 2, 1, 3]).reshape([-1, width]);
      return this.#project("output", joined).reshape(x.shape);
    });
  }

  #project(role: Role, rows: tf.Tensor): tf.Tensor {
    const projection = this.#projections.get(role);
    if (projection === undefined) throw new Error(`${this.name}: called before build`);
    return tf.matMul(rows, projection.kernel.read()).add(projection.bias.read());
  }

  #dropWeights(weights: tf.Tensor, training: boolean): tf.Tensor {
    if (!training || this.dropout === 0) return weights;
    return weights.mul(this.masks.read(weights.shape));
  }

  override dispose(): ReturnType<tf.layers.Layer["dispose"]> {
    this.masks.dispose();
    return super.dispose();
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), heads: this.heads, dropout: this.dropout, seed: this.seed };
  }
}
tf.serialization.registerClass(MultiHeadAttention);
