import path from "node:path";
import type * as z from "zod";
import { readJson, type Complain } from "./read-files.ts";
import type { ReadJob } from "./read-job.ts";
import { dataSchema, featuresSchema } from "./run-files.ts";
import type { ClipFact, DataFacts } from "./run-result.ts";

interface DataSource {
  readonly folder: string;
  readonly complain: Complain;
  readonly fallbackName: string | null;
  readonly jobs: readonly ReadJob[];
  readonly summaryLabels: readonly string[] | undefined;
}

/** What the run knows of its data: `data.json` (the data set as JSON), else what its predictions tell. */
export async function readData({
  folder,
  complain,
  fallbackName,
  jobs,
  summaryLabels,
}: DataSource): Promise<DataFacts> {
  const data = await readJson("data.json", dataSchema, { folder, complain, expected: false });
  const labels = data?.labels ?? summaryLabels ?? guessLabels(jobs, complain);
  const features = await readJson("features.json", featuresSchema, { folder, complain, expected: false });
  const skipped = features?.skipped ?? [];
  const isSkipped = new Set(skipped.map(({ id }) => id));
  const listed =
    typeof data?.clips === "object" ? data.clips.filter(({ id }) => !isSkipped.has(id)) : data?.clips;
  return {
    name: data?.name ?? fallbackName ?? "unknown data",
    layout: data?.layout ?? null,
    labels,
    root: data?.root ?? null,
    clipCount: typeof listed === "number" ? listed : (listed?.length ?? null),
    clips: typeof listed === "object" ? listed.map(readClip) : [],
    warnings: data?.warnings ?? [],
    skipped: skipped.map(({ id, reason }) => ({ id, reason })),
  };
}

/** The last part of the data's path. */
export function nameData(data: unknown): string | null {
  return typeof data === "string" && data !== "" ? path.basename(data) : null;
}

type ListedClip = Exclude<z.infer<typeof dataSchema>["clips"], number | undefined>[number];

function readClip({ id, label, ...rest }: ListedClip): ClipFact {
  return { id, label, path: rest.path ?? null, fold: rest.fold ?? null, source: rest.source ?? null };
}

/** Class names are sorted in every data set, so that a clip of each class tells them all. */
function guessLabels(jobs: readonly ReadJob[], complain: Complain): string[] {
  const predictions = jobs.flatMap(({ run }) => run.predictions);
  const classes = Math.max(0, ...predictions.map(({ logits }) => logits.length));
  const seen = [...new Set(predictions.map(({ label }) => label))].sort();
  if (classes === 0 || seen.length === classes) return seen;
  complain(`The names of all ${classes} classes are not known (data.json): only ${seen.length} were scored.`);
  return [];
}
