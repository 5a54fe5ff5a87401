import type * as tf from "@tensorflow/tfjs";
import { at } from "../../../common/at.ts";
import { createSlots, type Optimiser, type TrainedWeight } from "./optimiser.ts";
import type { OptimiserConfig } from "../../../run-files/optimiser-config.ts";

type SgdConfig = Extract<OptimiserConfig, { name: "sgd" }>;

/**
 * Gradient descent with momentum (Sutskever et al. 2013), in PyTorch's form: d = g + decay w;
 * b = momentum b + d (at the first step b = d); w = w - rate (nesterov ? d + momentum b : b).
 */
export function createSgd(weights: readonly TrainedWeight[], config: SgdConfig): Optimiser {
  const { momentum, nesterov, weightDecay } = config;
  const buffers = createSlots(momentum > 0 ? weights : [], "momentum");

  const update = (gradients: readonly tf.Tensor[], rates: readonly tf.Tensor[]): void => {
    const rate = at(rates, 0);
    weights.forEach(({ variable, decays }, index) => {
      const gradient = at(gradients, index);
      const decayed = decays && weightDecay > 0 ? gradient.add(variable.mul(weightDecay)) : gradient;
      const direction = accelerate(decayed, buffers.variables[index]);
      variable.assign(variable.sub(direction.mul(rate)));
    });
  };

  const accelerate = (gradient: tf.Tensor, buffer: tf.Variable | undefined): tf.Tensor => {
    if (buffer === undefined) return gradient;
    buffer.assign(buffer.mul(momentum).add(gradient));
    return nesterov ? gradient.add(buffer.mul(momentum)) : buffer;
  };
  return { slots: buffers.byName, listRates: (learningRate) => [learningRate], update };
}
