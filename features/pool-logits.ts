import { at } from "../common/at.ts";

/** How the answers of a long clip's windows become one answer. */
export const poolings = ["mean", "max"] as const;

/**
 * How the logits of several windows become those of a clip.
 *
 *     const pooling: Pooling = "max";
 */
export type Pooling = (typeof poolings)[number];

/** Logits of several windows, row-major [windows, classes], as one row: how models are served and evaluated alike. */
export function poolLogits(logits: Float32Array, classes: number, pooling: Pooling): Float32Array {
  const windows = logits.length / classes;
  const pooled = new Float32Array(classes).fill(pooling === "max" ? -Infinity : 0);
  for (const [position, logit] of logits.entries()) {
    const index = position % classes;
    const before = at(pooled, index);
    pooled[index] = pooling === "max" ? Math.max(before, logit) : before + logit / windows;
  }
  return pooled;
}
