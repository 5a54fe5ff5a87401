import type { FeatureConfig } from "../../features/feature-config.ts";
import type { JobSettings } from "../../run-files/job.ts";

/** How to train, apart from what and on which folds: settings that a job takes over. */
export interface Recipe {
  readonly describe: string;
  /** Settings of the input transform, which become part of the exported model. */
  readonly features: Partial<FeatureConfig>;
  readonly network: { readonly dropout: number };
  readonly job: Omit<JobSettings, "network" | "features" | "folds" | "seed">;
}

export const recipeNames = ["report", "best", "field", "quick"] as const;

export type RecipeName = (typeof recipeNames)[number];

const best = {
  describe:
    "crops, mixing, filters and masks; AdamW with warm-up and cosine; the last epoch's averaged weights (docs/training.md)",
  features: { padding: "loop", clipLevel: 1e5, clipMeanFraction: 0.75 },
  network: { dropout: 0.1 },
  job: {
    epochs: 160,
    viewsPerEpoch: 2,
    optimiser: { name: "adamw", learningRate: 3e-3, weightDecay: 0.02 },
    schedule: { kind: "warm-up-cosine", warmUpFraction: 0.1 },
    clipGradientNorm: 1,
    weightAverage: { maxDecay: 0.99 },
    labelSmoothing: 0.05,
    classWeights: "sampled",
    augmentation: {
      speeds: [0.8, 0.93, 1, 1.07, 1.25],
      cropFrames: 128,
      equaliserDecades: 0.5,
      melShiftBands: 2,
      mixFraction: 0.8,
      masks: { count: 2, maxBands: 10, maxFrames: 20 },
    },
    select: "last",
    testCrops: 8,
  },
} as const satisfies Recipe;

export const recipes = {
  report: {
    describe:
      "as the course report: Adam at 1e-3, 100 epochs, the clips as they are; the epoch of the best validation accuracy",
    features: {},
    network: { dropout: 0 },
    job: {},
  },
  best,
  field: {
    ...best,
    describe: "best, with sounds placed once in a bed of noise, and background as negatives (docs/field.md)",
    job: {
      ...best.job,
      augmentation: {
        ...best.job.augmentation,
        placement: {
          fraction: 0.5,
          snrDecibels: { min: 0, max: 50 },
          silentFraction: 0.15,
          minCutFraction: 0.25,
          colourDecades: 1,
        },
        negatives: { fraction: 0.0625, silentFraction: 0.05 },
      },
    },
  },
  quick: {
    ...best,
    describe: "best in few epochs: short crops, three speeds, less mixing (the embedded data)",
    job: {
      ...best.job,
      epochs: 30,
      augmentation: {
        ...best.job.augmentation,
        speeds: [0.87, 1, 1.15],
        cropFrames: 64,
        mixFraction: 0.3,
        masks: { count: 1, maxBands: 10, maxFrames: 10 },
      },
      testCrops: 0,
    },
  },
} as const satisfies Record<RecipeName, Recipe>;
