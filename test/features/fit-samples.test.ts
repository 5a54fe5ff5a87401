import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fitSamples } from "../../features/fit-samples.ts";

const samples = Float32Array.of(1, 2, 3);

describe("fitSamples", () => {
  it.each([
    ["zero", [1, 2, 3, 0, 0, 0, 0, 0]],
    ["centre", [0, 0, 1, 2, 3, 0, 0, 0]],
    ["repeat", [1, 2, 3, 1, 2, 3, 1, 2]],
  ] as const)("fills a short clip by %s", (padding, expected) => {
    expect([...fitSamples(samples, 8, padding)]).toEqual(expected);
  });

  it.each(["zero", "centre", "repeat"] as const)("keeps the start of a long clip (%s)", (padding) => {
    expect([...fitSamples(samples, 2, padding)]).toEqual([1, 2]);
  });

  it("always gives the length, and leaves its input alone", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 50 }),
        fc.integer({ min: 1, max: 200 }),
        fc.constantFrom("zero" as const, "centre" as const, "repeat" as const),
        (have, want, padding) => {
          const clip = Float32Array.from({ length: have }, (_, index) => index + 1);
          const fitted = fitSamples(clip, want, padding);
          fitted.fill(-1);
          expect(fitted.length).toBe(want);
          expect(clip[0]).toBe(1);
        },
      ),
      { seed: 1 },
    );
  });

  it("drops silence at both ends and starts again (loop)", () => {
    const sound = Float32Array.from({ length: 2048 }, (_, index) => 0.5 + index / 4096);
    const padded = new Float32Array(1024 + 2048 + 3000);
    padded.set(sound, 1024);
    padded[4000] = 1e-4; // 1e-6 of the loudest block's energy is not passed
    const fitted = fitSamples(padded, 5000, "loop");
    expect([...fitted]).toEqual([...sound, ...sound, ...sound].slice(0, 5000));
    expect([...fitSamples(padded, 100, "loop")]).toEqual([...sound.slice(0, 100)]);
  });

  it("keeps a silent clip whole (loop)", () => {
    expect(fitSamples(new Float32Array(3000), 4000, "loop")).toEqual(new Float32Array(4000));
  });

  it("refuses to make a clip of nothing", () => {
    expect(() => fitSamples(new Float32Array(0), 8, "repeat")).toThrow(
      "fitSamples: expected samples, got none",
    );
  });
});
