import { describe, expect, it } from "vitest";
import type { Clip } from "../../datasets/dataset.ts";
import type { CachedClip } from "../../datasets/cache/feature-cache.ts";
import { summariseDataset } from "../../datasets/summarise-dataset.ts";

function makeClip(id: string, label: string, fold: number, source: string): Clip {
  return { id, path: id, label, fold, source };
}

const quiet = {
  sampleRateHz: 44_100,
  seconds: 2,
  peak: 0,
  silentFraction: 1,
  clippedFraction: 0,
  soundStartSeconds: 0,
  soundSeconds: 2,
};
const loud = {
  sampleRateHz: 8000,
  seconds: 6,
  peak: 1,
  silentFraction: 0,
  clippedFraction: 0.5,
  soundStartSeconds: 0,
  soundSeconds: 6,
};

describe("summariseDataset", () => {
  it("weighs shares by time, and counts copies, silent clips and recordings in two folds", () => {
    const cached: CachedClip[] = [
      { clip: makeClip("1", "dog", 1, "a"), facts: quiet, windows: 1, contentHash: "x" },
      { clip: makeClip("2", "dog", 2, "a"), facts: loud, windows: 2, contentHash: "y" },
      { clip: makeClip("3", "cat", 2, "b"), facts: loud, windows: 2, contentHash: "y" },
      {
        clip: { ...makeClip("4", "cat", 2, "b"), range: { startSeconds: 0, endSeconds: 6 } },
        facts: loud,
        windows: 2,
        contentHash: "y",
      },
    ];
    const clips = cached.map(({ clip }) => clip);
    const rest = {
      name: "x",
      layout: "x",
      root: "x",
      background: [],
      labelling: "one" as const,
      trimsLongClips: false,
      warnings: [],
      unused: [],
    };
    const { classes, total } = summariseDataset({ ...rest, labels: ["cat", "dog", "emu"], clips }, cached);
    expect(classes[1]).toEqual({
      label: "dog",
      clips: 2,
      recordings: 1,
      seconds: 8,
      clipsPerFold: [1, 1],
      sampleRatesHz: [8000, 44_100],
      silentFraction: 0.25,
      clippedFraction: 0.375,
      silentClips: 1,
      duplicates: 1, // of a cat
      splitRecordings: 1,
    });
    expect(classes[2]).toMatchObject({ label: "emu", clips: 0, silentFraction: 0, clipsPerFold: [0, 0] });
    expect(total).toMatchObject({ clips: 4, recordings: 2, seconds: 20, duplicates: 2, splitRecordings: 1 });
  });
});
