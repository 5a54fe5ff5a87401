import type * as tf from "@tensorflow/tfjs";
import { MultiHeadAttention } from "./layers/multi-head-attention.ts";
import { SeededDropout } from "./layers/seeded-dropout.ts";

/**
 * Draws the masks of every layer that drops values, for the training step that comes next: they depend on seed and step
 * alone. @param inputShape of the step's batch, for a short one has masks of its own
 */
export function startDropoutStep(model: tf.LayersModel, step: number, inputShape: readonly number[]): void {
  for (const layer of model.layers)
    if (layer instanceof SeededDropout || layer instanceof MultiHeadAttention)
      layer.masks.startStep(step, inputShape.join());
}
