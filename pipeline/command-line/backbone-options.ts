import { headKinds } from "../../heads/train-head.ts";

/** What the user says of a backbone where its file does not. */
export const backboneFileOptions = {
  "backbone-rate": {
    type: "number",
    describe: "sample rate in Hz that the backbone takes, where its file does not say",
  },
  "backbone-input": {
    type: "string",
    describe:
      "what the backbone takes, where that is log-mel and not samples: vggish, yamnet, panns, or a JSON file that " +
      "describes it (docs/few-shot.md)",
  },
  "backbone-window": {
    type: "number",
    describe: "samples that the backbone takes in one run, where its file does not say",
  },
  "backbone-output": {
    type: "string",
    describe: "output of the backbone that is the embedding, where there are several",
  },
} as const;

/** A pretrained network of any origin in place of training one. */
export const backboneOptions = {
  backbone: {
    type: "string",
    describe:
      "ONNX file from samples to an embedding, kept as it is; a classifier is trained on it (docs/few-shot.md); with " +
      "start, none trains from scratch where one is set up",
  },
  ...backboneFileOptions,
} as const;

/** In place of a backbone. */
export const embeddingModelOption = {
  model: {
    type: "string",
    describe: "exported model of ours that makes the vectors, in place of a backbone",
    conflicts: "backbone",
  },
} as const;

/** What is trained on a backbone. */
export const headOption = {
  head: {
    choices: headKinds,
    default: "logistic-regression",
    describe:
      "classifier on a backbone; nearest-neighbours carries the embeddings of the training clips in the file",
  },
} as const;
