import * as tf from "@tensorflow/tfjs";
import { at } from "../../../common/at.ts";

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
  /** The numbers that `update` needs and that differ from step to step. @param step number of this update, from 0 */
  listRates(learningRate: number, step: number): number[];
  /**
   * One update, to be called inside `tf.tidy`.
   * @param gradients one for each weight, in the order of the weights
   * @param rates the step's, as scalars, so that the graph of a step fits every other
   */
  update(gradients: readonly tf.Tensor[], rates: readonly tf.Tensor[]): void;
}

interface Slots {
  /** In the order of the weights. */
  readonly variables: readonly tf.Variable[];
  readonly byName: ReadonlyMap<string, tf.Variable>;
}

/** One variable of zeros beside each weight, named `<weight>/<role>`. */
export function createSlots(weights: readonly TrainedWeight[], role: string): Slots {
  const variables = weights.map(({ variable }) => tf.tidy(() => tf.variable(tf.zerosLike(variable), false)));
  const byName = new Map(
    variables.map((slot, index) => [`${at(weights, index).name}/${role}`, slot] as const),
  );
  return { variables, byName };
}
