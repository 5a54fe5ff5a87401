import { expect, it } from "vitest";
import { parseJob } from "../../run-files/job.ts";

const teachers = ["runs/teacher"];
const crops = { cropFrames: 128 };

it.each([
  ["augmentation", { mixShare: 0.3, ...crops }, { mixFraction: 0.3, ...crops }],
  ["augmentation", { mixFraction: 0.8, mixShare: 0, ...crops }, { mixFraction: 0, ...crops }], // --set, old name
  ["schedule", { kind: "warm-up-cosine", warmUpShare: 0.2 }, { kind: "warm-up-cosine", warmUpFraction: 0.2 }],
  ["distillation", { teachers, share: 0.5 }, { teachers, fraction: 0.5 }],
])("reads the settings of kept runs by their old names: %s %o", (part, kept, now) => {
  expect(parseJob({ [part]: kept })).toEqual(parseJob({ [part]: now }));
});

it("still refuses names that no job ever had", () => {
  expect(() => parseJob({ augmentation: { mixShares: 0.3 } })).toThrow(
    /--set, job\.augmentation: .*mixShares/,
  );
});
