import { layoutNames } from "../../datasets/readers/reader.ts";
import { modelInputs, type ModelTerms } from "../../features/model-metadata.ts";
import { architectureNames } from "../../models/network-config.ts";
import { engineNames, extractorNames, subsetNames } from "../../run-files/run-config.ts";
import { protocolNames } from "../../training/jobs/protocols.ts";
import { recipeNames } from "../../training/jobs/recipes.ts";

/** Options that several stages share, each written once. */

export const dataOptions = {
  data: {
    type: "string",
    describe: "folder of labelled sounds; without it, the embedded data set of ten synthesised classes",
  },
  layout: { choices: layoutNames, describe: "how the folder is laid out; without it, recognised" },
  subset: {
    choices: subsetNames,
    describe: "of an ESC-50 checkout: its ten-class subset (default) or all 50",
  },
  "group-by": {
    type: "string",
    describe:
      "regular expression over a file's path whose first group names its recording, e.g. '(.*)_take\\d+'",
  },
  "name-pattern": {
    type: "string",
    describe: "where file names say the class: '{class}_{group}_*'; {group} is a speaker or recording",
  },
  background: {
    type: "string",
    array: true,
    default: [],
    describe:
      "further classes that are background and are never named, beside background, noise, silence..., or folders of " +
      "such sounds (docs/field.md)",
  },
  negatives: {
    type: "string",
    array: true,
    default: [],
    describe: "folders of sounds that must not be named",
  },
  "multi-label": {
    type: "boolean",
    describe:
      "a sound may have several classes, or none: lists in a table's column, e.g. dog;rain (docs/multi-label.md)",
  },
  "allow-outside": {
    type: "boolean",
    describe: "read files that a table names outside of the data set's folder",
  },
} as const;

export const featureOptions = {
  extractor: {
    choices: extractorNames,
    describe:
      "what computes log-mel features: the ONNX feature graph, checked against Meyda, or Meyda itself (recipe report)",
  },
  "skip-bad-clips": {
    type: "boolean",
    default: false,
    describe: "report clips that cannot be used and go on without them",
  },
  "max-clip-seconds": { type: "number", default: 600, describe: "longest file that is decoded, in seconds" },
} as const;

/** What the model's metadata and its card say of what may be done with it. */
export const termsOptions = {
  license: { type: "string", describe: "of the model, written into its metadata" },
  author: { type: "string", describe: "of the model, written into its metadata" },
  "data-license": { type: "string", describe: "of the training data, written into the model's metadata" },
} as const;

/** The terms that were given. */
export function readTerms({
  license,
  author,
  dataLicense,
}: Readonly<Record<keyof ModelTerms, string | undefined>>): ModelTerms {
  return {
    ...(license !== undefined && { license }),
    ...(author !== undefined && { author }),
    ...(dataLicense !== undefined && { dataLicense }),
  };
}

export const trainOptions = {
  network: {
    choices: architectureNames,
    array: true,
    default: ["cnn"],
    describe: "architectures",
  },
  heads: { type: "number", array: true, default: [4], describe: "attention heads (cnn-transformer)" },
  protocol: {
    choices: protocolNames,
    describe:
      "holdout: one fold tests, one validates; final: all clips train; cv5: each fold tests in turn; report: the " +
      "first fold tests, each other one validates in turn [holdout; with --backbone cv5, or for few clips repeated]",
  },
  "warm-start": {
    type: "string",
    describe:
      "folder of a trained job whose fitting weights come first; {test}, {validation}, {seed} are filled in",
  },
  teachers: {
    type: "string",
    array: true,
    default: [],
    describe: "folders of trained jobs to learn from beside the labels (distillation), filled in likewise",
  },
  "teacher-backbone": {
    type: "string",
    describe:
      "ONNX file from sounds to embeddings (a backbone) to learn from beside the labels: a small network that knows " +
      "some of what the large one does (docs/few-shot.md)",
  },
  "test-fold": { type: "number", describe: "fold that only tests [first]" },
  "validation-fold": { type: "number", describe: "fold that picks the best epoch [second]" },
  "exclude-source": { type: "string", array: true, default: [], describe: "recordings to leave out" },
  recipe: {
    choices: recipeNames,
    describe:
      "report: Adam on the clips as they are (protocol report); best: augmentation and averaged weights; field: also " +
      "sounds in a bed of noise, and background as negatives (your data; docs/field.md); quick: best in few epochs " +
      "(embedded data)",
  },
  epochs: {
    type: "number",
    describe: "passes over the training clips [report: 100, best and field: 160, quick: 30]",
  },
  "window-seconds": {
    type: "number",
    describe: "length of the windows that are classified [chosen by the clips: 1, 2.5 or 5; report: 5]",
  },
  "batch-size": {
    type: "number",
    describe: "clips per step [32, or all training clips where there are fewer]",
  },
  "learning-rate": { type: "number", describe: "largest step size [report: 0.001, others: 0.003]" },
  set: {
    type: "string",
    array: true,
    default: [],
    describe: "any other setting of a job, e.g. optimiser.weightDecay=0.05 (run-files/job.ts)",
  },
  seed: { type: "number", array: true, default: [0], describe: "seeds of everything random" },
  engine: {
    choices: engineNames,
    default: "auto",
    describe: "what computes the training; auto: tfjs-node where its library loads, else onnxruntime",
  },
  threads: { type: "number", describe: "threads of the engine [all cores; one where several jobs run]" },
  concurrency: {
    type: "number",
    describe: "jobs at a time, where there are several [cores / threads]",
  },
} as const;

/** Workers on any number of machines in place of processes here (docs/scale.md). */
export const queueOptions = {
  queue: {
    type: "string",
    describe:
      "redis://host or rediss://host: jobs go to the workers of this queue (npx earshot worker), not to this machine",
  },
  store: {
    type: "string",
    describe:
      "where this command and the workers exchange files: a folder that all see, or s3://bucket/prefix",
  },
} as const;

export const tuneOptions = {
  search: { choices: ["grid", "random", "halving"], default: "grid", describe: "how settings are chosen" },
  preset: { choices: ["report"], describe: "the course report's grid: weight decay x first weights, by SGD" },
  values: {
    type: "string",
    array: true,
    default: [],
    describe: "settings to vary, e.g. optimiser.weightDecay=0.001,0.01",
  },
  draw: {
    type: "string",
    array: true,
    default: [],
    describe: "settings to draw at random (random, halving), e.g. network.dropout=0..0.5 or seed=log:1..1000",
  },
  trials: { type: "number", default: 12, describe: "settings to draw (random, halving)" },
  "first-epochs": { type: "number", default: 10, describe: "epochs of halving's first round" },
  factor: {
    type: "number",
    default: 3,
    describe: "halving: one in so many goes on, to train so much longer",
  },
  results: { type: "string", describe: "second copy of results.json, e.g. results/esc10/grid.json" },
} as const;

export const newRunOption = {
  run: {
    type: "string",
    describe: "name of the run's folder under runs/; without it, made from the settings",
  },
} as const;

export const runOption = {
  run: { type: "string", default: "latest", describe: "run to work on: a name under runs/, or a folder" },
} as const;

export const inputOption = {
  input: {
    choices: modelInputs,
    describe:
      "what the model takes: a waveform, with the features inside the file, or log-mel features [samples; features " +
      "where Meyda's scalar features are among them]",
  },
} as const;

export const modelOptions = {
  model: { type: "string", describe: "exported model; without it, that of runs/latest" },
  "allow-unverified": { type: "boolean", default: false, describe: "use a model that has not passed parity" },
} as const;
