import { expect, it } from "vitest";
import { createBatchSource } from "../../../training/data/batch-source.ts";
import { prepareData } from "../../../training/data/prepare-data.ts";
import { createToneJob, createToneSet, toneBands } from "../tone-set.ts";

const tone = { values: new Float32Array(30 * toneBands).fill(2), frames: 30, bands: toneBands };
const background = { id: "tones", beds: [tone], negatives: [tone], generated: [tone] };
const augmentation = { cropFrames: 12, mixFraction: 1, placement: {}, negatives: { fraction: 0.25 } };

it("ends every batch with background of no class, which is not mixed with the clips", async () => {
  const job = createToneJob({ augmentation, labelSmoothing: 0 });
  const data = await prepareData(job, createToneSet(), new Map(), background);
  const source = createBatchSource(data.train, job, data.standardisation, data.background);
  const batches = [...source.draw(1)];
  expect(batches.map(({ shape }) => shape[0])).toEqual([10, 10, 10, 10, 5]);
  expect(batches.map(({ negatives }) => negatives)).toEqual([2, 2, 2, 2, 1]);
  for (const { targets, negatives } of batches) {
    const third = Math.fround(1 / 3);
    expect([...targets.slice(-3 * negatives)]).toEqual(new Array(3 * negatives).fill(third));
    expect([...targets.slice(0, -3 * negatives)]).not.toContain(third);
  }
  expect(source.examplesPerEpoch).toBe(36);
});

it("gives the same batches for the same epoch, and others with other background", async () => {
  const job = createToneJob({ augmentation });
  const draw = async (used: typeof background): Promise<Float32Array[]> => {
    const data = await prepareData(job, createToneSet(), new Map(), used);
    const source = createBatchSource(data.train, job, data.standardisation, data.background);
    return [...source.draw(3)].map(({ values }) => values);
  };
  const first = await draw(background);
  expect(await draw(background)).toEqual(first);
  const louder = { ...tone, values: tone.values.map((value, index) => value + (index % 3)) };
  expect(await draw({ ...background, generated: [louder] })).not.toEqual(first);
});

it("draws classes equally often where they differ in size, rare clips up to ten times as often", async () => {
  const job = createToneJob({ classWeights: "sampled", labelSmoothing: 0, viewsPerEpoch: 2 });
  const { train, standardisation } = await prepareData(job, createToneSet(), new Map());
  const count = (examples: typeof train): number[] => {
    const source = createBatchSource(examples, job, standardisation);
    const counts = [0, 0, 0];
    for (const { targets } of source.draw(1))
      targets.forEach((target, index) => (counts[index % 3] = (counts[index % 3] ?? 0) + target));
    expect(counts.reduce((sum, own) => sum + own, 0)).toBe(source.examplesPerEpoch);
    return counts;
  };
  const take = (label: number, clips: number) =>
    train.filter((one) => one.labels[0] === label).slice(0, clips);
  expect(count([...take(0, 12), ...take(1, 12), ...take(2, 12)])).toEqual([24, 24, 24]);
  expect(count([...take(0, 12), ...take(1, 6), ...take(2, 3)])).toEqual([14, 14, 14]);
  expect(count([...take(0, 12), ...take(0, 12), ...take(0, 12), ...take(1, 12), ...take(2, 1)])).toEqual([
    33, 33, 20,
  ]);
});
