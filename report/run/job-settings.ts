import type * as z from "zod";
import type { jobSchema } from "./run-files.ts";
import type { JobSettings } from "./run-result.ts";

/** Brings the ways to write a job down to one. */
export function describeJob(job: z.infer<typeof jobSchema> | undefined): JobSettings {
  const network = job?.network;
  const architecture = typeof network === "string" ? network : (network?.architecture ?? "network");
  const nestedHeads = typeof network === "object" ? network.heads : undefined;
  return {
    architecture,
    heads: job?.heads ?? nestedHeads ?? null,
    testFolds: job?.folds?.test ?? listOne(job?.testFold),
    validationFolds: job?.folds?.validation ?? listOne(job?.validationFold),
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

function listOne(fold: number | undefined): number[] {
  return fold === undefined ? [] : [fold];
}
