import * as tf from "@tensorflow/tfjs";
import { addEncoderLayer } from "./add-encoder-layer.ts";
import { applyLayer, applyMerge } from "./apply-layer.ts";
import { createInitialiser, createSeedSource, createUniform, type SeedSource } from "./create-initialiser.ts";
import { CentredBatchNorm } from "./layers/centred-batch-norm.ts";
import { LayerNorm } from "./layers/layer-norm.ts";
import { SeededDropout } from "./layers/seeded-dropout.ts";
import { SinusoidalPositions } from "./layers/sinusoidal-positions.ts";
import { readChannels } from "./layers/take-one.ts";
import type { NetworkConfig } from "./network-config.ts";

/**
 * Builds the network of a config with seeded first weights. Input: standardised features [batch, frames, bands],
 * frames dynamic; output: logits [batch, classes]. With the default config: 641,034 trainable parameters (`cnn`) and
 * 3,272,714 (`cnn-transformer`, any number of heads). Layers have fixed names, which become ONNX node names.
 * @throws RangeError when `heads` does not divide the last block's filters
 */
export function createNetwork(config: NetworkConfig, seed: number): tf.LayersModel {
  const nextSeed = createSeedSource(seed);
  const input = tf.input({ shape: [null, config.bands], name: "features" });
  const trunk = addTrunk(input, config, nextSeed);
  const pooled =
    config.architecture === "cnn" ? poolOverTime(trunk) : addTransformer(trunk, config, nextSeed);
  const output = addHead(pooled, config, nextSeed);
  return tf.model({ inputs: input, outputs: output, name: config.architecture.replace("-", "_") });
}

/** Convolution (no bias), BatchNorm, ReLU and max-pool for each block of the config. */
function addTrunk(input: tf.SymbolicTensor, config: NetworkConfig, nextSeed: SeedSource): tf.SymbolicTensor {
  let x = input;
  let channels = config.bands;
  config.trunk.forEach((block, index) => {
    const number = String(index + 1);
    const fan = { fanIn: block.kernelFrames * channels, fanOut: block.kernelFrames * block.filters };
    const convolution = tf.layers.conv1d({
      name: `conv${number}`,
      filters: block.filters,
      kernelSize: block.kernelFrames,
      strides: block.strideFrames,
      // Of a strided 'same', the padding depends on the number of frames: clips of other lengths would be cut elsewhere.
      padding: block.strideFrames === 1 ? "same" : "valid",
      useBias: false,
      kernelInitializer: createInitialiser(config.weightInit, fan, nextSeed()),
    });
    x = applyLayer(convolution, x);
    x = applyLayer(new CentredBatchNorm({ name: `norm${number}` }), x);
    x = applyLayer(tf.layers.activation({ name: `relu${number}`, activation: "relu" }), x);
    if (block.poolFrames > 1) {
      const pool = { poolSize: block.poolFrames, strides: block.poolFrames, padding: "valid" } as const;
      x = applyLayer(tf.layers.maxPooling1d({ name: `pool${number}`, ...pool }), x);
    }
    channels = block.filters;
  });
  return x;
}

function addTransformer(
  trunk: tf.SymbolicTensor,
  config: Extract<NetworkConfig, { architecture: "cnn-transformer" }>,
  nextSeed: SeedSource,
): tf.SymbolicTensor {
  let x = applyLayer(new SinusoidalPositions({ name: "positions" }), trunk);
  for (let index = 1; index <= config.encoderLayers; index++) {
    x = addEncoderLayer(x, {
      name: `encoder${String(index)}`,
      heads: config.heads,
      feedForwardWidth: config.feedForwardWidth,
      dropout: config.encoderDropout,
      weightInit: config.weightInit,
      nextSeed,
    });
  }
  x = applyLayer(new LayerNorm({ name: "encoder_norm" }), x);
  return applyLayer(new LayerNorm({ name: "pooled_norm" }), poolOverTime(x));
}

/** Mean over time ++ max over time: [batch, frames, channels] to [batch, 2 channels]. */
function poolOverTime(x: tf.SymbolicTensor): tf.SymbolicTensor {
  const mean = applyLayer(tf.layers.globalAveragePooling1d({ name: "mean_over_time" }), x);
  const max = applyLayer(tf.layers.globalMaxPooling1d({ name: "max_over_time" }), x);
  return applyMerge(tf.layers.concatenate({ name: "pooled" }), [mean, max]);
}

function addHead(pooled: tf.SymbolicTensor, config: NetworkConfig, nextSeed: SeedSource): tf.SymbolicTensor {
  const dropped =
    config.dropout > 0
      ? applyLayer(new SeededDropout({ name: "dropout", rate: config.dropout, seed: nextSeed() }), pooled)
      : pooled;
  const limit = 1 / Math.sqrt(readChannels("pooled", pooled.shape));
  const dense = tf.layers.dense({
    name: "logits",
    units: config.classes,
    kernelInitializer: createUniform(limit, nextSeed()),
    biasInitializer: createUniform(limit, nextSeed()),
  });
  return applyLayer(dense, dropped);
}
