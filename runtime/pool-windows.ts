/** How the answers of a long clip's windows become one answer. */
export type Pooling = "mean" | "max";

/** Clips up to this much longer than the model's clip are cut as in training: codecs pad their last block. */
const cutShare = 0.1;

/**
 * Start of each window over `samples`: one for a clip that fits (up to a tenth longer), else as many as cover it
 * with at least half a window of overlap, evenly spread from the first sample to the last.
 */
export function placeWindows(samples: number, windowSamples: number): readonly number[] {
  const excess = samples - windowSamples;
  if (excess <= windowSamples * cutShare) return [0];
  const steps = Math.ceil(excess / (windowSamples / 2));
  return Array.from({ length: steps + 1 }, (_, step) => Math.round((step * excess) / steps));
}

/** Logits of several windows, row-major [windows, classes], as one row. */
export function poolLogits(logits: Float32Array, classes: number, pooling: Pooling): Float32Array {
  const windows = logits.length / classes;
  const pooled = new Float32Array(classes).fill(pooling === "max" ? -Infinity : 0);
  for (const [position, logit] of logits.entries()) {
    const index = position % classes;
    const before = pooled[index] ?? 0;
    pooled[index] = pooling === "max" ? Math.max(before, logit) : before + logit / windows;
  }
  return pooled;
}
