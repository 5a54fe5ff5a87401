import * as z from "zod/mini";
import { logMelInputSchema } from "./log-mel-config.ts";

const positiveInteger = z.int().check(z.positive());

/** How a backbone is used: what `model.backbone.json` holds beside `model.onnx`, once it was checked by running it. */
export const backboneSchema = z.object({
  format: z.literal(1),
  name: z.string(),
  /** SHA-256 of the file that was checked, 64 hexadecimal digits. */
  sha256: z.string(),
  sampleRateHz: positiveInteger,
  /** Samples that it takes in one run. */
  windowSamples: positiveInteger,
  /** Between the starts of two windows. */
  windowHopSamples: positiveInteger,
  /** Name of the input; its shape for one window, e.g. [1, 15600], or [1, 1, 96, 64] of log-mel. */
  input: z.object({ name: z.string(), dims: z.array(positiveInteger) }),
  /** What is computed of a window's samples first, where the input is log-mel; without it, the samples go in. */
  logMel: z.optional(logMelInputSchema),
  output: z.object({ name: z.string() }),
  /** Numbers of an embedding. */
  dimensions: positiveInteger,
  /** Embeddings that it gives for one window, which are averaged. */
  embeddingsPerWindow: positiveInteger,
  /** Version of ONNX's operators in the file: what stands around the backbone is written for the same one. */
  opset: positiveInteger,
  source: z.optional(z.string()),
  license: z.optional(z.string()),
});

export type Backbone = z.infer<typeof backboneSchema>;

/** Longest sound that a model with a backbone takes in one run: it cuts windows itself. */
export const maxWholeSeconds = 60;
