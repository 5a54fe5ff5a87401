import type { Model } from "./graph.ts";

/** Numbers in the model's trained tensors. */
export function countParameters(model: Model): number {
  return model.constants.reduce((sum, { isParameter, data }) => sum + (isParameter ? data.length : 0), 0);
}
