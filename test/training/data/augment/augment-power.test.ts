import { describe, expect, it } from "vitest";
import { normaliseClip, standardise } from "../../../../features/input-transform.ts";
import { augmentPower } from "../../../../training/data/augment/augment-power.ts";
import { findPass } from "../../../../training/data/augment/find-pass.ts";
import { augmentationSchema } from "../../../../run-files/augmentation-config.ts";
import { toNetworkInput } from "../../../../training/data/augment/to-network-input.ts";
import { drawClip, seeded } from "./draw-clip.ts";

describe("toNetworkInput", () => {
  it.each([
    { clipLevel: null, clipMeanFraction: 0 },
    { clipLevel: 1e5, clipMeanFraction: 0 },
    { clipLevel: 1e5, clipMeanFraction: 0.75 },
    { clipLevel: null, clipMeanFraction: 1 },
  ])("gives the model's input transform: %o", (config) => {
    const clip = drawClip(9, 5);
    const standardisation = { mean: [1, 2, 3, 4, 5], deviation: [1, 2, 0.5, 4, 1] };
    const logMel = { values: clip.power.map(Math.log1p), frames: 9, bands: 5 };
    const expected = normaliseClip(logMel, config);
    standardise(expected.values, standardisation);
    const actual = toNetworkInput(clip, config, standardisation);
    actual.values.forEach((value, index) => {
      expect(value).toBeCloseTo(expected.values[index] ?? NaN, 4);
    });
  });

  it("keeps silence finite", () => {
    const silent = { power: new Float32Array(6), frames: 3, bands: 2 };
    const { values } = toNetworkInput(
      silent,
      { clipLevel: 1e5, clipMeanFraction: 0.5 },
      { mean: [0, 0], deviation: [1, 1] },
    );
    expect(values).toEqual(new Float32Array(6));
  });
});

describe("augmentPower", () => {
  const everything = augmentationSchema.parse({
    cropFrames: 6,
    equaliserDecades: 0.5,
    melShiftBands: 2,
    gainDecibels: 6,
    noise: { minDecibels: 0, maxDecibels: 30 },
  });

  it("is fixed by its stream and leaves the clips as they were", () => {
    const speeds = [drawClip(4, 5, 1), drawClip(9, 5, 2)].map(findPass);
    const before = speeds.map(({ power }) => power.slice());
    const first = augmentPower(speeds, everything, seeded(8));
    expect(first).toMatchObject({ frames: 6, bands: 5 });
    expect(augmentPower(speeds, everything, seeded(8))).toEqual(first);
    expect(augmentPower(speeds, everything, seeded(9))).not.toEqual(first);
    expect(speeds.map(({ power }) => power)).toEqual(before);
  });

  it("does nothing by default", () => {
    const clip = drawClip(4, 5);
    expect(augmentPower([findPass(clip)], augmentationSchema.parse({}), seeded(1))).toEqual(clip);
  });

  it("refuses whole clips at several speeds, which would differ in length within a batch", () => {
    const parsed = augmentationSchema.safeParse({ speeds: [0.8, 1], cropFrames: null });
    expect(parsed.error?.issues[0]?.message).toContain("got null with several speeds");
  });

  it("draws every speed", () => {
    const speeds = [1, 2, 3].map((frames) => findPass(drawClip(frames, 2)));
    const frames = Array.from(
      { length: 40 },
      (_, seed) => augmentPower(speeds, augmentationSchema.parse({}), seeded(seed)).frames,
    );
    expect(new Set(frames)).toEqual(new Set([1, 2, 3]));
  });
});
