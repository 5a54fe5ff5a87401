import { expect, it } from "vitest";
import { UserError } from "../../../common/user-error.ts";
import type { Dataset } from "../../../datasets/dataset.ts";
import { planJobs, type RunSettings } from "../../../pipeline/runs/make-run-config.ts";
import { createBatchSource } from "../../../training/data/batch-source.ts";
import { prepareData } from "../../../training/data/prepare-data.ts";
import { runJob } from "../../../training/loop/run-job.ts";
import { finish, useJobFolders } from "../job-folders.ts";
import { createToneJob, createToneSet } from "../tone-set.ts";

const { newFolder } = useJobFolders();

it.each([
  { clips: 9, folds: 3 }, // three clips train
  { clips: 6, folds: 2, test: [1], validation: [] },
  { clips: 60, folds: 5 },
])(
  "trains $clips clips in $folds folds with the default batch",
  async ({ clips, folds, test = [1], validation = [2] }) => {
    const set = createToneSet({ clips, folds });
    const job = createToneJob({ batchSize: null, epochs: 1, folds: { test, validation } });
    expect(finish(await runJob(job, set, newFolder())).epochs).toBe(1);
  },
);

it("takes 32 clips a step, or all training clips where there are fewer", async () => {
  const sizes = async (clips: number): Promise<number[]> => {
    const job = createToneJob({ batchSize: null });
    const { train, standardisation } = await prepareData(job, createToneSet({ clips }), new Map());
    return [...createBatchSource(train, job, standardisation).draw(1)].map(({ shape }) => shape[0]);
  };
  expect(await sizes(15)).toEqual([9]);
  expect(await sizes(150)).toEqual([32, 32, 26]);
});

const settings: RunSettings = {
  background: [],
  negatives: [],
  skipBadClips: false,
  maxClipSeconds: 600,
  engine: "auto",
  protocol: "holdout",
  network: ["cnn"],
  heads: [4],
  seed: [0],
  excludeSource: [],
  teachers: [],
  set: [],
};

/** A set whose files do not exist: what is refused is refused before any is read for its features. */
function describeSet(clips: number): Dataset {
  return {
    ...createToneSet({ clips }),
    name: "",
    layout: "",
    root: "",
    background: [],
    labelling: "one",
    trimsLongClips: true,
    warnings: [],
    unused: [],
  };
}

it.each([
  [{ batchSize: 37 }, "--batch-size, job.batchSize: expected at most 36, the training clips, got 37"],
  [{ set: ["batchSize=37"] }, "--batch-size, job.batchSize: expected at most 36, the training clips, got 37"],
  [{ testFold: 9 }, "--test-fold, job.folds.test: expected a fold with clips (1, 2, 3, 4, 5), got 9"],
  [{ validationFold: 9 }, "--validation-fold, job.folds.validation: expected a fold with clips"],
  [{ excludeSource: ["nobody"] }, "--exclude-source: expected a recording of the data set, got nobody"],
])("refuses %o before features are computed, naming the option", async (given, message) => {
  const planning = planJobs({ ...settings, ...given }, describeSet(60));
  await expect(planning).rejects.toThrow(UserError);
  await expect(planning).rejects.toThrow(message);
});

it("takes a batch that the data can fill", async () => {
  expect(await planJobs({ ...settings, batchSize: 36 }, describeSet(60))).toHaveLength(1);
});
