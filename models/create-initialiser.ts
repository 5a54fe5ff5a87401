import * as tf from "@tensorflow/tfjs";
import type { NetworkConfig } from "./network-config.ts";

type KernelInitializer = NonNullable<Parameters<typeof tf.layers.dense>[0]["kernelInitializer"]>;

/** An object that gives a weight its first values: TF.js does not export the name of this type. */
export type Initialiser = Exclude<KernelInitializer, string>;

/** Gives each layer that draws random numbers a seed of its own. */
export type SeedSource = () => number;

/**
 * Seeds 10,000 apart for neighbouring networks, so that no two layers of two runs share one. They start at 1: TF.js
 * takes a seed of 0 for none.
 */
export function createSeedSource(seed: number): SeedSource {
  let next = 10_000 * seed + 1;
  return () => next++;
}

/**
 * First values of a convolution or dense kernel with `fanIn` inputs and `fanOut` outputs per value, fixed by `seed`.
 * `he-normal`: normal, deviation sqrt(2 / fanIn) (He et al. 2015), not truncated, as in PyTorch.
 * `xavier`: uniform within sqrt(6 / (fanIn + fanOut)) (Glorot and Bengio 2010). `random`: normal, deviation 0.05.
 */
export function createInitialiser(
  kind: NetworkConfig["weightInit"],
  fan: { fanIn: number; fanOut: number },
  seed: number,
): Initialiser {
  switch (kind) {
    case "he-normal":
      return tf.initializers.randomNormal({ mean: 0, stddev: Math.sqrt(2 / fan.fanIn), seed });
    case "xavier":
      return createUniform(Math.sqrt(6 / (fan.fanIn + fan.fanOut)), seed);
    case "random":
      return tf.initializers.randomNormal({ mean: 0, stddev: 0.05, seed });
  }
}

/** Uniform in [-limit, limit]. */
export function createUniform(limit: number, seed: number): Initialiser {
  return tf.initializers.randomUniform({ minval: -limit, maxval: limit, seed });
}
