import { listFolds } from "../../datasets/folds/list-folds.ts";
import { nameNetwork } from "../run/job-settings.ts";
import type { RunResult } from "../run/run-result.ts";
import { listVariants } from "./variant.ts";
import { at } from "../../common/at.ts";

/** Folds that a protocol asks for and no job covers; each a sentence. */
export function listMissingFolds(run: RunResult): string[] {
  const folds = listFolds(run.data.clips);
  if (folds.length < 2) return [];
  return listVariants(run).flatMap(({ jobs, settings }) => {
    const network = nameNetwork(settings);
    const tested = new Set(jobs.flatMap((job) => job.settings.testFolds));
    const validated = new Set(jobs.flatMap((job) => job.settings.validationFolds));
    if (run.protocol === "cv5") {
      return folds
        .filter((fold) => !tested.has(fold))
        .map((fold) => `${network}: no job tests fold ${fold}.`);
    }
    if (run.protocol === "report") {
      const expected = folds.filter((fold) => !tested.has(fold));
      return expected
        .filter((fold) => !validated.has(fold))
        .map((fold) => `${network}: no job validates on fold ${fold}.`);
    }
    return [];
  });
}

/** Jobs that have not trained or scored no clip, those alike in one sentence. */
export function listUnscoredJobs({ jobs }: RunResult): string[] {
  const who = new Map<string, string[]>();
  for (const { name, epochs, predictions, kept, settings } of jobs) {
    const hasTrained = epochs.length > 0 || settings.epochs === 0;
    if (hasTrained && predictions.length > 0) continue;
    const known = kept.test !== null || kept.validation !== null;
    const what = !hasTrained
      ? "not trained an epoch"
      : `no scored clips${known ? ": only the accuracies that training kept are shown" : ""}`;
    who.set(what, [...(who.get(what) ?? []), name]);
  }
  return [...who].map(([what, names]) => {
    if (jobs.length === 1) return `The run has ${what}.`;
    return names.length === 1
      ? `Job ${at(names, 0)} has ${what}.`
      : `${names.length} jobs have ${what} (${names.join(", ")}).`;
  });
}
