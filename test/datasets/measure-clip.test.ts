import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cutClip, cutWindows } from "../../datasets/extraction/cut-windows.ts";
import { measureClip } from "../../datasets/measure-clip.ts";

describe("measureClip", () => {
  it("measures length, peak, silence and clipping", () => {
    const samples = new Float32Array(8000);
    samples.fill(0.5, 2000, 4000);
    samples.fill(-1, 4000, 5000);
    samples.fill(0.0009, 7000);
    expect(measureClip({ samples, sampleRateHz: 4000 })).toEqual({
      sampleRateHz: 4000,
      seconds: 2,
      peak: 1,
      silentFraction: 0.625,
      clippedFraction: 0.125,
      soundStartSeconds: 0.5,
      soundSeconds: 0.75,
    });
  });

  it("measures a single sample", () => {
    expect(measureClip({ samples: new Float32Array([0.25]), sampleRateHz: 44_100 })).toMatchObject({
      peak: 0.25,
      silentFraction: 0,
    });
  });
});

describe("cutWindows", () => {
  it.each([
    [0.01, [0]],
    [5, [0]],
    [5.4, [0]],
    [6, [0, 1]],
    [10, [0, 5]],
    [10.4, [0, 5.4]],
    [13, [0, 4, 8]],
  ])("cuts %d s into windows of 5 s at %j", (seconds, starts) => {
    expect(cutWindows(seconds, 5)).toEqual(starts);
  });

  it("cuts the sound where silent ends are left out, and the whole clip where they are not", () => {
    const facts = { seconds: 20, soundStartSeconds: 3, soundSeconds: 10 };
    expect(cutClip(facts, { clipSeconds: 5, padding: "loop" })).toEqual([3, 8]);
    expect(cutClip(facts, { clipSeconds: 5, padding: "zero" })).toEqual([0, 5, 10, 15]);
  });

  it("covers a clip but for a tenth of a window, from its first to its last sample", () => {
    fc.assert(
      fc.property(fc.double({ min: 0.001, max: 1e4, noNaN: true }), (seconds) => {
        const starts = cutWindows(seconds, 5);
        const gaps = starts.slice(1).map((start, index) => start - (starts[index] ?? 0) - 5);
        expect(Math.max(0, ...gaps)).toBeLessThanOrEqual(0.5 + 1e-9);
        if (starts.length > 1) expect(starts.at(-1)).toBeCloseTo(seconds - 5, 6);
        expect(starts.length).toBeLessThanOrEqual(Math.ceil(seconds / 5));
      }),
    );
  });
});
