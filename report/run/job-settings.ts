import * as z from "zod";
import { trainingJobSchema } from "../../run-files/job.ts";
import type { JobSettings } from "./run-result.ts";

/** What a report reads of a job by name; its other settings may be those of an older or a newer program. */
export const readableJobSchema = z.looseObject({
  ...trainingJobSchema.pick({ folds: true, seed: true }).shape,
  /** 0 for a head on a backbone. */
  epochs: z.int().nonnegative().default(trainingJobSchema.shape.epochs.parse(undefined)),
  /** One of ours, or a head on another's backbone. */
  network: z.looseObject({ architecture: z.string(), heads: z.int().optional() }),
});

/** What a job was asked to do; nothing is known without it. */
export function describeJob(job: z.infer<typeof readableJobSchema> | undefined): JobSettings {
  const network = job?.network;
  return {
    architecture: network?.architecture ?? "network",
    heads: network?.architecture === "cnn-transformer" ? (network.heads ?? null) : null,
    testFolds: job?.folds.test ?? [],
    validationFolds: job?.folds.validation ?? [],
    seed: job?.seed ?? null,
    epochs: job?.epochs ?? null,
    all: flattenSettings(job),
  };
}

/** The network in words: `CNN`, `CNN-Transformer, 4 heads`. */
export function nameNetwork({ architecture, heads }: Pick<JobSettings, "architecture" | "heads">): string {
  const known = new Map([
    ["cnn", "CNN"],
    ["cnn-transformer", "CNN-Transformer"],
  ]);
  const name = known.get(architecture) ?? architecture;
  return heads === null ? name : `${name}, ${heads} ${heads === 1 ? "head" : "heads"}`;
}

/** `{ a: { b: 1 } }` as `a.b` -> 1; lists become one text. */
export function flattenSettings(value: unknown): Map<string, string | number | boolean> {
  const settings = new Map<string, string | number | boolean>();
  collect(value, "", settings);
  return settings;
}

function collect(value: unknown, name: string, settings: Map<string, string | number | boolean>): void {
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") {
    settings.set(name, value);
  } else if (Array.isArray(value)) {
    if (value.length > 0) settings.set(name, JSON.stringify(value));
  } else if (typeof value === "object" && value !== null) {
    for (const [key, child] of Object.entries(value))
      collect(child, name === "" ? key : `${name}.${key}`, settings);
  }
}
