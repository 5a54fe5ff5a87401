import { layoutNames } from "../datasets/readers/layouts.ts";

/** Options that several stages share, each written once. */

export const dataOptions = {
  data: {
    type: "string",
    describe: "folder of labelled sounds; without it, the embedded data set of ten synthesised classes",
  },
  layout: { choices: layoutNames, describe: "how the folder is laid out; without it, recognised" },
  subset: {
    choices: ["esc10", "all"],
    describe: "of an ESC-50 checkout: its ten-class subset (default) or all 50",
  },
  "group-by": {
    type: "string",
    describe:
      "regular expression over a file's path whose first group names its recording, e.g. '(.*)_take\\d+'",
  },
} as const;

export const featureOptions = {
  extractor: {
    choices: ["meyda", "graph"],
    default: "graph",
    describe:
      "what computes log-mel features: the ONNX feature graph, checked against Meyda, or Meyda itself",
  },
  "skip-bad-clips": {
    type: "boolean",
    default: false,
    describe: "report clips that cannot be used and go on without them",
  },
  "max-clip-seconds": { type: "number", default: 600, describe: "longest file that is decoded, in seconds" },
} as const;

export const trainOptions = {
  network: { choices: ["cnn", "cnn-transformer"], default: "cnn", describe: "architecture" },
  heads: { type: "number", default: 4, describe: "attention heads (cnn-transformer)" },
  "test-fold": { type: "number", default: 1, describe: "fold that only tests" },
  "validation-fold": { type: "number", default: 2, describe: "fold that picks the best epoch" },
  recipe: {
    choices: ["plain", "best"],
    default: "plain",
    describe:
      "plain: Adam on the clips as they are; best: augmentation and averaged weights, five times the work",
  },
  epochs: { type: "number", describe: "passes over the training clips [plain: 100, best: 160]" },
  "batch-size": { type: "number", describe: "clips per step [32]" },
  "learning-rate": { type: "number", describe: "largest step size [plain: 0.001, best: 0.003]" },
  seed: { type: "number", default: 0, describe: "seed of everything random" },
  engine: {
    choices: ["auto", "tfjs-node", "onnxruntime"],
    default: "auto",
    describe: "what computes the training; auto: tfjs-node where its library loads",
  },
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
    choices: ["samples", "features"],
    default: "samples",
    describe: "what the model takes: a waveform, with the features inside the file, or log-mel features",
  },
} as const;

export const modelOptions = {
  model: { type: "string", describe: "exported model; without it, that of runs/latest" },
  "allow-unverified": { type: "boolean", default: false, describe: "use a model that has not passed parity" },
} as const;
