import * as z from "zod";
import { defaultFeatureConfig, featureConfigSchema } from "../../features/feature-config.ts";
import { UserError } from "../../common/user-error.ts";
import { networkConfigSchema } from "../../models/network-config.ts";
import { augmentationSchema } from "../data/augment/augmentation-config.ts";
import { distillationSchema } from "./distillation-config.ts";
import { earlyStoppingSchema } from "../loop/early-stopping.ts";
import { optimiserSchema } from "../loop/optimisers/optimiser-config.ts";
import { scheduleSchema } from "../loop/schedule.ts";
import { weightAverageSchema } from "../loop/weight-average.ts";

const foldList = z.array(z.int().positive());

/** Which clips train, choose the epoch and test. Folds that neither test nor validate train. */
const foldsSchema = z.strictObject({
  test: foldList.default([1]),
  validation: foldList.default([2]),
  /** Recordings whose clips are left out altogether. */
  excludedSources: z.array(z.string()).default([]),
});

/**
 * One training run as plain JSON. With the same data and engine, a job gives the same weights to the bit. A job needs
 * nothing but this, the feature set and a folder, so that jobs can run anywhere.
 */
export const trainingJobSchema = z.strictObject({
  network: networkConfigSchema.prefault({ architecture: "cnn" }),
  features: z._default(featureConfigSchema, defaultFeatureConfig),
  folds: foldsSchema.prefault({}),
  /** Every random number comes from streams of this seed: first weights, order, dropout, augmentation. */
  seed: z.int().nonnegative().default(0),
  epochs: z.int().positive().default(100),
  /** How often each clip trains in an epoch, each time augmented anew. */
  viewsPerEpoch: z.int().positive().default(1),
  batchSize: z.int().positive().default(32),
  optimiser: optimiserSchema.prefault({ name: "adam" }),
  schedule: scheduleSchema.default({ kind: "constant" }),
  /** Largest norm of all gradients together; null: as they come. */
  clipGradientNorm: z.number().positive().nullable().default(null),
  /** Moving average of the weights, which is what is validated, saved and used; null: the weights themselves. */
  weightAverage: weightAverageSchema.nullable().default(null),
  /** Share of each target that is spread over all classes. */
  labelSmoothing: z.number().min(0).lt(1).default(0),
  classWeights: z.enum(["equal", "balanced"]).default("equal"),
  /** Folder of a trained job: its weights of the same name and shape come first, e.g. a CNN's trunk; null: none. */
  warmStart: z.string().nullable().default(null),
  /** Learning from trained networks beside the labels; null: from the labels alone. */
  distillation: distillationSchema.nullable().default(null),
  /** Null: clips as they are. */
  augmentation: augmentationSchema.nullable().default(null),
  earlyStopping: earlyStoppingSchema.nullable().default(null),
  /** The checkpoint that the finished job stands for; `best`: highest validation accuracy, then lowest loss. */
  select: z.enum(["best", "last"]).default("best"),
  /** At the end the test clips are also scored as this many crops of the training crop's length; 0: not. */
  testCrops: z.int().nonnegative().default(0),
  /** Least time between two checkpoints; improvements and the last epoch are always kept. */
  checkpointSeconds: z.number().nonnegative().default(10),
});

export type TrainingJob = z.infer<typeof trainingJobSchema>;

/** A job as written, before defaults are filled in. */
export type JobSettings = z.input<typeof trainingJobSchema>;

/** Checks a job and fills in defaults. @throws UserError that lists every mistake, one a line */
export function parseJob(value: unknown): TrainingJob {
  const parsed = trainingJobSchema.safeParse(value);
  if (!parsed.success) throw new UserError(describeIssues(parsed.error));
  const job = parsed.data;
  const shared = job.folds.test.filter((fold) => job.folds.validation.includes(fold));
  if (shared.length > 0)
    throw new UserError(
      `job.folds: expected other folds to validate than to test, got ${shared.join(", ")} in both`,
    );
  return job;
}

function describeIssues(error: z.ZodError): string {
  return error.issues.map(({ path, message }) => `job.${path.map(String).join(".")}: ${message}`).join("\n");
}
