import * as tf from "@tensorflow/tfjs";
import { at } from "../../../common/at.ts";
import { createSlots, type Optimiser, type TrainedWeight } from "./optimiser.ts";
import type { OptimiserConfig } from "../../../run-files/optimiser-config.ts";

type AdamConfig = Extract<OptimiserConfig, { name: "adam" | "adamw" }>;

/**
 * Adam (Kingma and Ba 2015) and AdamW (Loshchilov and Hutter 2019), the latter with decoupled decay of kernels:
 *
 *     m = beta1 m + (1 - beta1) g,  v = beta2 v + (1 - beta2) g²,  w = w (1 - rate decay)
 *     w = w - rate (m / (1 - beta1^t)) / (sqrt(v / (1 - beta2^t)) + epsilon),  t = step + 1
 *
 * The bias corrections are moved into rate and epsilon, which saves two passes over the weights.
 */
export function createAdam(weights: readonly TrainedWeight[], config: AdamConfig): Optimiser {
  const { beta1, beta2, epsilon } = config;
  const first = createSlots(weights, "first_moment");
  const second = createSlots(weights, "second_moment");
  const decay = config.name === "adamw" ? config.weightDecay : 0;

  const listRates = (learningRate: number, step: number): number[] => {
    const secondCorrection = Math.sqrt(1 - beta2 ** (step + 1));
    const rate = (learningRate * secondCorrection) / (1 - beta1 ** (step + 1));
    return [rate, epsilon * secondCorrection, 1 - learningRate * decay];
  };

  const update = (gradients: readonly tf.Tensor[], rates: readonly tf.Tensor[]): void => {
    const [rate, floor, keptWeight] = [at(rates, 0), at(rates, 1), at(rates, 2)];
    weights.forEach(({ variable, decays }, index) => {
      const gradient = at(gradients, index);
      const m = at(first.variables, index);
      const v = at(second.variables, index);
      m.assign(m.mul(beta1).add(gradient.mul(1 - beta1)));
      v.assign(v.mul(beta2).add(gradient.square().mul(1 - beta2)));
      const kept = decays && decay > 0 ? variable.mul(keptWeight) : variable;
      variable.assign(kept.sub(m.div(v.sqrt().add(floor)).mul(rate)));
    });
  };
  return { slots: new Map([...first.byName, ...second.byName]), listRates, update };
}
