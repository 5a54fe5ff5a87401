import type * as tf from "@tensorflow/tfjs";

type KernelInitializer = NonNullable<Parameters<typeof tf.layers.dense>[0]["kernelInitializer"]>;

/** An object that gives a weight its first values: TF.js does not export the name of this type. */
export type Initialiser = Exclude<KernelInitializer, string>;
