import * as z from "zod/mini";

/** Whose work a sample is. */
export const sampleCreditSchema = z.object({
  title: z.string(),
  author: z.string(),
  /** Where the work is. */
  url: z.string(),
  licence: z.string(),
  licenceUrl: z.string(),
});

export type SampleCredit = z.infer<typeof sampleCreditSchema>;

/**
 * `demo.json`, which the demo stage writes beside `model.onnx`: what the page can show and check itself against. The
 * logits are onnxruntime-node's, in the order of the model's labels.
 */
export const demoFileSchema = z.object({
  /** Name of the run or file that the model came from. */
  model: z.string(),
  /** SHA-256 of the graph that gave the logits. */
  graphHash: z.string(),
  /** Inputs that the page makes itself: those of `buildSampleInputs` that hold one clip, by name. */
  reference: z.array(z.object({ name: z.string(), logits: z.array(z.number()) })),
  samples: z.array(
    z.object({
      label: z.string(),
      /** Address relative to the page. */
      file: z.string(),
      logits: z.array(z.number()),
      credit: z.optional(sampleCreditSchema),
    }),
  ),
  /** Where the samples come from, for people. */
  samplesNote: z.string(),
});

export type DemoFile = z.infer<typeof demoFileSchema>;

/** One input with its reference logits: an edge input by name, or a sample's bytes. */
export interface ReferenceCase {
  readonly name: string;
  readonly audio?: Blob;
  readonly logits: readonly number[];
}
