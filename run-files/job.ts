import * as z from "zod";
import { defaultFeatureConfig, featureConfigSchema } from "../features/feature-config.ts";
import { labellings } from "../common/labelling.ts";
import { UserError } from "../common/user-error.ts";
import { networkConfigSchema } from "../models/network-config.ts";
import { augmentationSchema } from "./augmentation-config.ts";
import { readOldNames } from "./old-names.ts";
import { optimiserSchema } from "./optimiser-config.ts";

const fraction = z.number().min(0).max(1);
const foldList = z.array(z.int().positive());

/** Which clips train, choose the epoch and test. Folds that neither test nor validate train. */
const foldsSchema = z.strictObject({
  test: foldList.default([1]),
  validation: foldList.default([2]),
  /** Recordings whose clips are left out altogether. */
  excludedSources: z.array(z.string()).default([]),
});

const decay = z.number().positive().lt(1);

/** How the learning rate changes over a run; `optimiser.learningRate` is its highest value. */
export const scheduleSchema = readOldNames(
  z.discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("constant") }),
    z.strictObject({
      kind: z.literal("warm-up-cosine"),
      /** Fraction of the steps in which the rate rises. */
      warmUpFraction: z.number().min(0).lt(1).default(0.1),
    }),
    z.strictObject({ kind: z.literal("step"), everyEpochs: z.int().positive(), factor: decay.default(0.1) }),
    z.strictObject({
      kind: z.literal("plateau"),
      /** Epochs without a lower validation loss (training loss without validation) before the rate falls. */
      patienceEpochs: z.int().positive().default(10),
      factor: decay.default(0.5),
    }),
  ]),
  { warmUpShare: "warmUpFraction" },
);

export type Schedule = z.infer<typeof scheduleSchema>;

const weightAverageSchema = z.strictObject({
  /** Largest fraction of the old average that a step keeps. */
  maxDecay: z.number().min(0).lt(1).default(0.99),
});

const distillationSchema = readOldNames(
  z.strictObject({
    /** Folders of trained jobs with the same features and training folds. */
    teachers: z.array(z.string()).min(1),
    /** Fraction of the targets that is the teachers' mean answer. */
    fraction: fraction.default(0.8),
  }),
  { share: "fraction" },
);

const teacherBackboneSchema = z.strictObject({
  /** The ONNX file, as an absolute path. */
  file: z.string(),
  /** Of the file: another one is another job. */
  sha256: z.string(),
  /** Where it comes from and its terms, where these are known: the exported model carries them. */
  source: z.string().optional(),
  license: z.string().optional(),
  /** Fraction of the targets that is the backbone's soft label. */
  fraction: fraction.default(0.8),
  /** By which the loss of the regression to its embeddings counts; 0: soft labels alone. */
  embeddingWeight: z.number().nonnegative().default(1),
});

const earlyStoppingSchema = z.strictObject({
  /** Epochs without a better validation accuracy (or equal with lower loss) after which training ends. */
  patienceEpochs: z.int().positive(),
});

/**
 * One training run as plain JSON. With the same data and engine, a job gives the same weights to the bit. A job needs
 * nothing but this, the feature set and a folder, so that jobs can run anywhere.
 */
export const trainingJobSchema = z.strictObject({
  network: networkConfigSchema.prefault({ architecture: "cnn" }),
  /** Absent: each clip has one class. */
  labelling: z.enum(labellings).optional(),
  features: z._default(featureConfigSchema, defaultFeatureConfig),
  folds: foldsSchema.prefault({}),
  /** Every random number comes from streams of this seed: first weights, order, dropout, augmentation. */
  seed: z.int().nonnegative().default(0),
  epochs: z.int().positive().default(100),
  /** How often each clip trains in an epoch, each time augmented anew. */
  viewsPerEpoch: z.int().positive().default(1),
  /** Clips per step; null: 32, or all training clips where there are fewer. */
  batchSize: z.int().positive().nullable().default(null),
  optimiser: optimiserSchema.prefault({ name: "adam" }),
  schedule: scheduleSchema.default({ kind: "constant" }),
  /** Largest norm of all gradients together; null: as they come. */
  clipGradientNorm: z.number().positive().nullable().default(null),
  /** Moving average of the weights, which is what is validated, saved and used; null: the weights themselves. */
  weightAverage: weightAverageSchema.nullable().default(null),
  /** Fraction of each target that is spread over all classes. */
  labelSmoothing: z.number().min(0).lt(1).default(0),
  /**
   * Where classes have different numbers of clips. `equal`: each clip counts the same; `balanced`: clips of rare classes
   * count more; `sampled`: they train more often, up to ten times as often, and those of common classes less. A clip of
   * several classes is sampled by its rarest one.
   */
  classWeights: z.enum(["equal", "balanced", "sampled"]).default("equal"),
  /** Folder of a trained job: its weights of the same name and shape come first, e.g. a CNN's trunk; null: none. */
  warmStart: z.string().nullable().default(null),
  /** Learning from trained networks beside the labels; null: from the labels alone. */
  distillation: distillationSchema.nullable().default(null),
  /** Learning from a pretrained backbone beside the labels; null: not. */
  teacherBackbone: teacherBackboneSchema.nullable().default(null),
  /** Null: clips as they are. */
  augmentation: augmentationSchema.nullable().default(null),
  earlyStopping: earlyStoppingSchema.nullable().default(null),
  /**
   * The checkpoint that the finished job stands for; `best`: highest validation accuracy (mean average precision where
   * clips may have several classes), then lowest loss.
   */
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
  const { folds, distillation, teacherBackbone, labelling, classWeights } = parsed.data;
  if (labelling === "several" && teacherBackbone !== null)
    throw new UserError("--teacher-backbone: expected clips of one class each, got --multi-label");
  if (labelling === "several" && classWeights === "balanced")
    throw new UserError(
      "--set classWeights: expected sampled or equal with --multi-label, got balanced: a clip has no one class to weigh",
    );
  if (distillation !== null && teacherBackbone !== null)
    throw new UserError("--teachers, --teacher-backbone: expected one of the two, got both");
  const inBoth = folds.test.filter((fold) => folds.validation.includes(fold));
  if (inBoth.length > 0)
    throw new UserError(
      `--test-fold and --validation-fold, job.folds: expected other folds to validate than to test, got ${inBoth.join(", ")} in both`,
    );
  return parsed.data;
}

/** The command line's options that set a part of a job: an error names what the user typed. */
const optionOfSetting = [
  ["epochs", "--epochs"],
  ["batchSize", "--batch-size"],
  ["optimiser.learningRate", "--learning-rate"],
  ["network.heads", "--heads"],
  ["seed", "--seed"],
  ["warmStart", "--warm-start"],
  ["distillation.teachers", "--teachers"],
  ["teacherBackbone", "--teacher-backbone"],
  ["folds.test", "--test-fold"],
  ["folds.validation", "--validation-fold"],
] as const;

/**
 * `--batch-size, job.batchSize`: a setting after the option that changes it, which is `--set` where it has none of its
 * own.
 */
function nameSetting(path: string): string {
  const [, option] = optionOfSetting.find(([setting]) => `${path}.`.startsWith(`${setting}.`)) ?? [
    "",
    "--set",
  ];
  return `${option}, job${path === "" ? "" : `.${path}`}`;
}

function describeIssues(error: z.ZodError): string {
  return error.issues
    .map(({ path, message }) => `${nameSetting(path.map(String).join("."))}: ${message}`)
    .join("\n");
}
