import path from "node:path";
import { dataFileSchema, featuresFileSchema } from "../../run-files/stage-files.ts";
import { readJson, type Complain } from "./read-files.ts";
import type { ReadJob } from "./read-job.ts";
import type { DataFacts } from "./run-result.ts";

interface DataSource {
  readonly folder: string;
  readonly complain: Complain;
  readonly fallbackName: string | null;
  readonly jobs: readonly ReadJob[];
  readonly summaryLabels: readonly string[] | undefined;
}

/** What the run knows of its data: `data.json`, else what its predictions say. */
export async function readData({
  folder,
  complain,
  fallbackName,
  jobs,
  summaryLabels,
}: DataSource): Promise<DataFacts> {
  const optional = { folder, complain, expected: false };
  const data = await readJson("data.json", dataFileSchema, optional);
  const features = await readJson("features.json", featuresFileSchema.pick({ skipped: true }), optional);
  const skipped = features?.skipped ?? [];
  const skippedIds = new Set(skipped.map(({ id }) => id));
  return {
    name: data?.name ?? fallbackName ?? "unknown data",
    layout: data?.layout ?? null,
    labels: data?.labels ?? summaryLabels ?? guessLabels(jobs, complain),
    root: data?.root ?? null,
    clips: (data?.clips ?? []).filter(({ id }) => !skippedIds.has(id)),
    warnings: data?.warnings ?? [],
    skipped,
  };
}

/** The last part of the data's path. */
export function nameData(data: unknown): string | null {
  return typeof data === "string" && data !== "" ? path.basename(data) : null;
}

/** Class names are sorted in every data set, so that one clip of each class is enough to know them. */
function guessLabels(jobs: readonly ReadJob[], complain: Complain): string[] {
  const predictions = jobs.flatMap(({ run }) => run.predictions);
  const classes = Math.max(0, ...predictions.map(({ logits }) => logits.length));
  const seen = [...new Set(predictions.map(({ label }) => label))].sort();
  if (classes === 0 || seen.length === classes) return seen;
  complain(`The names of all ${classes} classes are not known (data.json): only ${seen.length} were scored.`);
  return [];
}
