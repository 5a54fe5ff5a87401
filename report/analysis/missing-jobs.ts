import { nameNetwork } from "../run/job-settings.ts";
import type { RunResult } from "../run/run-result.ts";
import { listVariants } from "./variant.ts";

/** Folds that a protocol asks for and no job covers; each a sentence. */
export function listMissingFolds(run: RunResult): string[] {
  const folds = [...new Set(run.data.clips.flatMap(({ fold }) => (fold === null ? [] : [fold])))].sort(
    (one, two) => one - two,
  );
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

/** Jobs that trained but scored no clip, and runs without a job that trained; each a sentence. */
export function listUnscoredJobs({ jobs }: RunResult): string[] {
  return jobs.flatMap(({ name, epochs, predictions, kept }) => {
    const who = jobs.length > 1 ? `Job ${name}` : "The run";
    if (epochs.length === 0) return [`${who} has not trained an epoch.`];
    if (predictions.length > 0) return [];
    const known = kept.test !== null || kept.validation !== null;
    return [
      `${who} has no scored clips${known ? ": only the accuracies that training kept are shown" : ""}.`,
    ];
  });
}
