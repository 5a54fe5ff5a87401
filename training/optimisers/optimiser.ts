import type * as tf from "@tensorflow/tfjs";

/** A weight under training: the variable that steps change, by the name that it has in files. */
export interface TrainedWeight {
  readonly name: string;
  readonly variable: tf.Variable;
  /** Kernels decay; biases, centres and scales do not. */
  readonly decays: boolean;
}

/** Changes weights by their gradients. All that it remembers between steps is in `slots`. */
export interface Optimiser {
  /** What goes into a checkpoint beside the weights: name to variable. */
  readonly slots: ReadonlyMap<string, tf.Variable>;
  /**
   * One update, to be called inside `tf.tidy`.
   * @param gradients one for each weight, in the order of the weights
   * @param step number of this update, from 0
   */
  update(gradients: readonly tf.Tensor[], learningRate: number, step: number): void;
}
