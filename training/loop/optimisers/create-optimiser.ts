import { createAdam } from "./adam.ts";
import type { Optimiser, TrainedWeight } from "./optimiser.ts";
import type { OptimiserConfig } from "../../../run-files/optimiser-config.ts";
import { createSgd } from "./sgd.ts";

/** The optimiser of a config over the given weights; its slots start at zero. */
export function createOptimiser(weights: readonly TrainedWeight[], config: OptimiserConfig): Optimiser {
  switch (config.name) {
    case "sgd":
      return createSgd(weights, config);
    case "adam":
    case "adamw":
      return createAdam(weights, config);
  }
}
