import { at } from "../../../common/at.ts";
import * as tf from "@tensorflow/tfjs";
import type { TrainedWeight } from "./optimiser.ts";

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
