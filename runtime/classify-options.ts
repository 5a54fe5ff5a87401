import type { AudioOptions } from "./audio/audio-input.ts";
import type { Pooling } from "../features/pool-logits.ts";

export interface ClassifyOptions extends AudioOptions {
  /** How the windows of a clip longer than the model's become one answer: the mean of their logits, or the largest. */
  readonly pooling?: Pooling;
}
