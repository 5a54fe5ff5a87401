import type * as tf from "@tensorflow/tfjs";
import { MultiHeadAttention } from "./layers/multi-head-attention.ts";
import { SeededDropout } from "./layers/seeded-dropout.ts";

/** Tells every layer that drops values which training step comes next: its masks depend on seed and step alone. */
export function setDropoutStep(model: tf.LayersModel, step: number): void {
  for (const layer of model.layers)
    if (layer instanceof SeededDropout || layer instanceof MultiHeadAttention) layer.step = step;
}
