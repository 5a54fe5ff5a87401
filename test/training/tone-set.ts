import type { FeatureSet } from "../../datasets/feature-set.ts";
import { createRandom } from "../../common/random.ts";
import type { LogMel } from "../../features/log-mel.ts";
import { parseJob, type TrainingJob } from "../../run-files/job.ts";

export const toneBands = 8;
const labels = ["high", "low", "middle"];

interface ToneSetOptions {
  clips?: number;
  frames?: number;
  folds?: number;
}

/** A feature set of seeded noise in which each class has one louder band: learnable in seconds. */
export function createToneSet({ clips = 60, frames = 24, folds = 5 }: ToneSetOptions = {}): FeatureSet {
  const list = Array.from({ length: clips }, (_, index) => ({
    id: `clip ${index}`,
    path: `clip-${index}.wav`,
    label: labels[index % labels.length] ?? "",
    fold: 1 + (Math.floor(index / labels.length) % folds),
    source: `recording ${index}`,
  }));
  return { labels, clips: list, read: (index) => Promise.resolve(drawClip(index, frames)) };
}

function drawClip(index: number, frames: number): LogMel {
  const random = createRandom(1, `tone ${index}`);
  const values = Float32Array.from({ length: frames * toneBands }, (_, position) => {
    const isLoud = position % toneBands === 2 * (index % labels.length);
    return Math.max(0, 3 + random.normal() + (isLoud ? 2 : 0));
  });
  return { values, frames, bands: toneBands };
}

/** A job that fits the tone set: a network of two small blocks. */
export function createToneJob(overrides: Record<string, unknown> = {}): TrainingJob {
  return parseJob({
    network: {
      architecture: "cnn",
      bands: toneBands,
      classes: labels.length,
      dropout: 0.2,
      trunk: [
        { filters: 8, kernelFrames: 3, poolFrames: 2 },
        { filters: 8, kernelFrames: 3 },
      ],
    },
    features: { melBands: toneBands },
    epochs: 6,
    batchSize: 8,
    checkpointSeconds: 0,
    ...overrides,
  });
}
