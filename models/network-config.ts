import * as z from "zod";

const count = z.int().positive();
const fraction = z.number().min(0).lt(1);

const trunkBlockSchema = z.strictObject({
  filters: count,
  kernelFrames: count,
  strideFrames: count.default(1),
  /** Frames per max-pool window; 1 means no pooling. */
  poolFrames: count.default(1),
});

const defaultTrunk = [
  { filters: 128, kernelFrames: 5, strideFrames: 1, poolFrames: 2 },
  { filters: 128, kernelFrames: 5, strideFrames: 1, poolFrames: 2 },
  { filters: 256, kernelFrames: 3, strideFrames: 1, poolFrames: 2 },
  { filters: 256, kernelFrames: 3, strideFrames: 1, poolFrames: 1 },
  { filters: 256, kernelFrames: 3, strideFrames: 1, poolFrames: 1 },
];

const sharedFields = {
  bands: count.default(96),
  classes: z.int().min(2).max(1000).default(10),
  trunk: z.array(trunkBlockSchema).min(1).default(defaultTrunk),
  /** Dropout before the last Dense layer. */
  dropout: fraction.default(0),
  weightInit: z.enum(["he-normal", "xavier", "random"]).default("he-normal"),
};

/** The two architectures: see docs/architecture.md. */
export const architectureNames = ["cnn", "cnn-transformer"] as const;

export const networkConfigSchema = z.discriminatedUnion("architecture", [
  z.strictObject({ architecture: z.literal(architectureNames[0]), ...sharedFields }),
  z.strictObject({
    architecture: z.literal(architectureNames[1]),
    ...sharedFields,
    heads: count.default(4),
    encoderLayers: count.default(2),
    feedForwardWidth: count.default(2048),
    encoderDropout: fraction.default(0),
  }),
]);

export type NetworkConfig = z.infer<typeof networkConfigSchema>;
