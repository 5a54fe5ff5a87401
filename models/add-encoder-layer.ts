import * as tf from "@tensorflow/tfjs";
import { applyLayer, applyMerge } from "./apply-layer.ts";
import { createInitialiser, type SeedSource } from "./create-initialiser.ts";
import { LayerNorm } from "./layers/layer-norm.ts";
import { MultiHeadAttention } from "./layers/multi-head-attention.ts";
import { SeededDropout } from "./layers/seeded-dropout.ts";
import { readChannels } from "./layers/take-one.ts";
import type { NetworkConfig } from "./network-config.ts";

interface EncoderLayerOptions {
  /** Prefix of the layers' names. */
  name: string;
  heads: number;
  feedForwardWidth: number;
  /** On the attention weights, both branches' outputs and the hidden features, as in PyTorch's encoder layer. */
  dropout: number;
  weightInit: NetworkConfig["weightInit"];
  nextSeed: SeedSource;
}

/**
 * One pre-norm encoder layer (Xiong et al. 2020): x + attention(norm(x)), then x + feedForward(norm(x)) with
 * feedForward = dense, ReLU, dense. Input and output: [batch, frames, width]. Built of single layers, so that each is
 * saved, summarised and exported by itself. Parameters: 4 (w² + w) + 2 w f + f + w + 4 w for width w and hidden f.
 */
export function addEncoderLayer(input: tf.SymbolicTensor, options: EncoderLayerOptions): tf.SymbolicTensor {
  const { name, feedForwardWidth } = options;
  const width = readChannels(name, input.shape);
  const attended = addBranch(input, options, "attention", (x) =>
    applyLayer(createAttention(width, options), x),
  );
  return addBranch(attended, options, "feed_forward", (x) => {
    const hidden = addDense(x, `${name}_expand`, feedForwardWidth, options);
    const active = applyLayer(tf.layers.activation({ name: `${name}_relu`, activation: "relu" }), hidden);
    return addDense(addDropout(active, `${name}_hidden`, options), `${name}_contract`, width, options);
  });
}

/** input + dropout(body(norm(input))) */
function addBranch(
  input: tf.SymbolicTensor,
  options: EncoderLayerOptions,
  role: string,
  body: (x: tf.SymbolicTensor) => tf.SymbolicTensor,
): tf.SymbolicTensor {
  const prefix = `${options.name}_${role}`;
  const normalised = applyLayer(new LayerNorm({ name: `${prefix}_norm` }), input);
  const output = addDropout(body(normalised), prefix, options);
  return applyMerge(tf.layers.add({ name: `${prefix}_sum` }), [input, output]);
}

function createAttention(width: number, options: EncoderLayerOptions): MultiHeadAttention {
  const { name, heads, dropout, nextSeed } = options;
  // No ReLU follows these kernels, so He's doubled variance does not fit them.
  const kind = options.weightInit === "he-normal" ? "xavier" : options.weightInit;
  const createKernel = () => createInitialiser(kind, { fanIn: width, fanOut: width }, nextSeed());
  return new MultiHeadAttention({
    name: `${name}_attention`,
    heads,
    dropout,
    seed: nextSeed(),
    createKernel,
  });
}

function addDense(
  x: tf.SymbolicTensor,
  name: string,
  units: number,
  { weightInit, nextSeed }: EncoderLayerOptions,
): tf.SymbolicTensor {
  const fan = { fanIn: readChannels(name, x.shape), fanOut: units };
  const kernelInitializer = createInitialiser(weightInit, fan, nextSeed());
  return applyLayer(tf.layers.dense({ name, units, kernelInitializer }), x);
}

function addDropout(x: tf.SymbolicTensor, prefix: string, options: EncoderLayerOptions): tf.SymbolicTensor {
  const { dropout: rate, nextSeed } = options;
  if (rate === 0) return x;
  return applyLayer(new SeededDropout({ name: `${prefix}_dropout`, rate, seed: nextSeed() }), x);
}
