import * as z from "zod/mini";
import { labellings, type Labelling } from "../common/labelling.ts";
import { backboneSchema } from "./backbone/backbone.ts";
import { featureConfigSchema } from "./feature-config.ts";

/** Key of an ONNX file's `metadata_props` under which the metadata stand, as JSON. */
export const metadataKey = "earshot";

/**
 * Number of the newest format; it changes when an older runtime could misread a file. In format 1 a runtime trimmed and
 * looped samples before the graph (`fit-samples.ts`); since format 2 the graph does it with frames, and takes samples of
 * any length from one frame on. Format 3 is that of models of `several` classes a clip, whose probabilities do not sum
 * to 1; of others exports write format 2, which older runtimes read.
 */
export const metadataFormat = 3;

/** The format that exports write. */
export function pickFormat(labelling: Labelling = "one"): 2 | 3 {
  return labelling === "several" ? metadataFormat : 2;
}

/** Verdict on a model on one runtime beside the network as trained: the same for the same model, to the bit. */
export const parityVerdictSchema = z.object({
  target: z.string().check(z.maxLength(200)),
  inputs: z.int(),
  maxAbsoluteDifference: z.number(),
  maxRelativeDifference: z.number(),
  /**
   * What was compared with `tolerance`: `maxAbsoluteDifference`, of clips with logits above 3 scaled down to 3. Older
   * files have none, and compared `maxAbsoluteDifference`.
   */
  maxScaledDifference: z.optional(z.number()),
  /** Fraction of inputs, 0 to 1, whose most probable class agrees; of several classes a clip, all that are named. */
  topClassAgreement: z.number(),
  tolerance: z.number(),
  passed: z.boolean(),
  /** Logits by their distance: 0, 1, up to 4, 16, 64, 256, 1024, and more units in the last place (`countUlps`). */
  ulpHistogram: z.optional(z.array(z.int())),
});

/** The verdict with how long it took. */
export const parityResultSchema = z.extend(parityVerdictSchema, {
  /** Mean time of one clip, in ms, where it was taken. */
  meanMs: z.optional(z.number()),
});

export type ParityResult = z.infer<typeof parityResultSchema>;

/** What the feature graph inside a model computes in, and, where that was chosen by measuring, what was measured. */
const featurePrecisionSchema = z.object({
  name: z.enum(["split", "float64", "float32"]),
  /** Largest difference of logits from the exact graph's (`split`) on clips that the network was not trained on. */
  maxLogitDifference: z.optional(z.number()),
  clips: z.optional(z.int()),
});

export type FeaturePrecision = z.infer<typeof featurePrecisionSchema>;

/** `samples`: a waveform [batch, samples]; `features`: log-mel [batch, frames, bands]. */
export const modelInputs = ["samples", "features"] as const;

const fraction = z.number().check(z.minimum(0), z.maximum(1));

/** From which probability on a class is named; found on clips that the network was not trained on. */
const thresholdsSchema = z.object({
  /** What they were chosen for: `best F1`, `precision 0.95`. */
  goal: z.string().check(z.maxLength(200)),
  /** The lowest of them: below it no class is named. */
  rejection: fraction,
  /** One for each label, in their order. */
  classes: z.array(fraction),
});

export type ModelThresholds = z.infer<typeof thresholdsSchema>;

/** Far outside of what calibration gives. */
const minTemperature = 1e-3;

const text = z.string().check(z.maxLength(2000));

/** Of the model, and of what it was trained on. */
const termsSchema = z.object({
  license: z.optional(text),
  author: z.optional(text),
  /** Licence of the training data. */
  dataLicense: z.optional(text),
});

export type ModelTerms = z.infer<typeof termsSchema>;

const teacherSchema = z.object({
  name: text,
  sha256: text,
  source: z.optional(text),
  license: z.optional(text),
});

/** Sizes that no real model reaches: what is larger is damage, or made to use up memory. */
const maxLabels = 10_000;
const maxLabelLength = 200;
const label = z.string().check(z.minLength(1), z.maxLength(maxLabelLength));

/**
 * What an exported model says about itself, under `metadataKey`. `labels` stands
 * there a second time under its own key, so that three lines of Python can read it.
 */
export const modelMetadataSchema = z.object({
  format: z.union([z.literal(1), z.literal(2), z.literal(metadataFormat)]),
  program: text,
  labels: z.array(label).check(
    z.minLength(2),
    z.maxLength(maxLabels),
    z.refine((labels) => new Set(labels).size === labels.length, "expected every label once"),
  ),
  /** Whether a sound may have several of the classes, or none; absent: it has one. */
  labelling: z.optional(z.enum(labellings)),
  input: z.enum(modelInputs),
  features: featureConfigSchema,
  featureHash: text,
  network: text,
  /** What computes the embeddings, where that is not a network of ours; the network is then a linear head. */
  backbone: z.optional(backboneSchema),
  parameters: z.int(),
  /** Of a model that takes samples; unknown in older files. */
  featurePrecision: z.optional(featurePrecisionSchema),
  /** What the network computes in, where it is not float32: `fp16`, `int8`... */
  precision: z.optional(text),
  /**
   * `probabilities` are the softmax (of several classes a clip, the sigmoid) of the logits divided by it. Without it 1;
   * older files hold it in their weights.
   */
  temperature: z.optional(z.number().check(z.minimum(minTemperature), z.maximum(1 / minTemperature))),
  /** Unknown in older files: they name the most probable class, whatever its probability. */
  thresholds: z.optional(thresholdsSchema),
  /** Those of `labels` that are no sound to name but what lies around sounds: named only at a threshold of the caller's. */
  background: z.optional(z.array(label).check(z.maxLength(maxLabels))),
  /** Accuracies and losses, named as in summary.json. */
  metrics: z.record(z.string(), z.number()),
  trainingDataHash: z.optional(text),
  ...termsSchema.shape,
  /** The backbone that it learned from beside the labels (`--teacher-backbone`), which is not in the file. */
  teacher: z.optional(teacherSchema),
  parity: z.array(parityVerdictSchema).check(z.maxLength(100)),
  /** `hashGraph` of the graph that took the parity test, so that a graph changed afterwards is found out. */
  graphHash: z.optional(text),
  /** `computeSeal` of labels, input, features and graph as they were exported; files of format 1 have none. */
  seal: z.optional(text),
});

export type ModelMetadata = z.infer<typeof modelMetadataSchema>;
