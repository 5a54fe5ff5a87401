import { describe, expect, it } from "vitest";
import type { FeatureSet } from "../../../datasets/feature-set.ts";
import { createBatchSource } from "../../../training/data/batch-source.ts";
import type { Batch } from "../../../training/data/batch.ts";
import type { TrainingJob } from "../../../run-files/job.ts";
import { prepareData } from "../../../training/data/prepare-data.ts";
import { createToneJob, createToneSet } from "../tone-set.ts";

/** All that training sees: the statistics of the input, and every batch of two epochs. */
async function drawTraining(
  job: TrainingJob,
  set: FeatureSet,
): Promise<{ standardisation: object; batches: Batch[] }> {
  const variants = new Map([[0.5, set]]);
  const { train, standardisation } = await prepareData(job, set, variants);
  const source = createBatchSource(train, job, standardisation);
  return { standardisation, batches: [1, 2].flatMap((epoch) => [...source.draw(epoch)]) };
}

/** The set with other sound in the clips of one fold: every value ten times as large. */
function changeFold(set: FeatureSet, fold: number): FeatureSet {
  return {
    ...set,
    read: async (index) => {
      const clip = await set.read(index);
      return set.clips[index]?.fold === fold
        ? { ...clip, values: clip.values.map((value) => 10 * value) }
        : clip;
    },
  };
}

const jobs = {
  "clips as they are": createToneJob(),
  "augmentation of every kind": createToneJob({
    viewsPerEpoch: 2,
    augmentation: {
      speeds: [1, 0.5],
      cropFrames: 12,
      equaliserDecades: 0.5,
      melShiftBands: 1,
      gainDecibels: 6,
      placement: { fraction: 0.5 },
      negatives: { fraction: 0.25 },
      noise: { minDecibels: 10, maxDecibels: 30 },
      mixFraction: 0.8,
      masks: { count: 2, maxBands: 2, maxFrames: 4 },
    },
  }),
};

describe.each(Object.entries(jobs))("with %s", (_, job) => {
  it("changing validation and test clips changes no bit of what trains", async () => {
    const set = createToneSet();
    const before = await drawTraining(job, set);
    expect(job.folds).toMatchObject({ test: [1], validation: [2] });
    for (const fold of [1, 2]) expect(await drawTraining(job, changeFold(set, fold))).toEqual(before);
  });

  it("changing training clips does", async () => {
    const set = createToneSet();
    const before = await drawTraining(job, set);
    const after = await drawTraining(job, changeFold(set, 3));
    expect(after.standardisation).not.toEqual(before.standardisation);
    expect(after.batches).not.toEqual(before.batches);
  });
});
