import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addNoise } from "../../../../training/data/augment/add-noise.ts";
import { changeGain } from "../../../../training/data/augment/change-gain.ts";
import { cropAndWrap } from "../../../../training/data/augment/crop-and-wrap.ts";
import { equalise } from "../../../../training/data/augment/equalise.ts";
import { maskSpectrum } from "../../../../training/data/augment/mask-spectrum.ts";
import { computeMeanPower, type MelPower } from "../../../../training/data/augment/mel-power.ts";
import { mixClasses } from "../../../../training/data/augment/mix-classes.ts";
import { shiftMel } from "../../../../training/data/augment/shift-mel.ts";
import { drawClip, seeded } from "./draw-clip.ts";

/** One frame, so that a band's value is easy to see. */
const ramp = (bands: number): MelPower => ({
  power: Float32Array.from({ length: bands }, (_, band) => band + 1),
  frames: 1,
  bands,
});

const size = fc.integer({ min: 1, max: 12 });

describe("cropAndWrap", () => {
  it("takes frame (start + t) mod frames", () => {
    fc.assert(
      fc.property(
        size,
        size,
        fc.integer({ min: 0, max: 30 }),
        fc.integer({ min: 1, max: 40 }),
        (frames, bands, start, length) => {
          const clip = drawClip(frames, bands);
          const crop = cropAndWrap(clip, start, length);
          expect(crop).toMatchObject({ frames: length, bands });
          for (let t = 0; t < length; t++)
            for (let band = 0; band < bands; band++)
              expect(crop.power[t * bands + band]).toBe(clip.power[((start + t) % frames) * bands + band]);
        },
      ),
    );
  });
});

describe("equalise", () => {
  it("is a line between five points: linear in decades between them, within the limit", () => {
    fc.assert(
      fc.property(fc.nat(1000), (seed) => {
        const bands = 17; // a point at every fourth band
        const clip: MelPower = { power: new Float32Array(bands).fill(1), frames: 1, bands };
        equalise(clip, 0.5, seeded(seed));
        const decades = Array.from(clip.power, Math.log10);
        expect(Math.max(...decades.map(Math.abs))).toBeLessThanOrEqual(0.5 + 1e-6);
        for (const left of [0, 4, 8, 12])
          for (const step of [1, 2, 3]) {
            const [a = 0, b = 0] = [decades[left], decades[left + 4]];
            expect(decades[left + step]).toBeCloseTo(a + ((b - a) * step) / 4, 5);
          }
      }),
    );
  });

  it("takes a single band", () => {
    const clip = ramp(1);
    equalise(clip, 0.5, seeded(1));
    expect(Number.isFinite(clip.power[0])).toBe(true);
  });
});

describe("shiftMel", () => {
  it("moves by each of -2..2 bands, edges clamped", () => {
    const shifted = Array.from({ length: 60 }, (_, seed) => {
      const clip = ramp(5);
      shiftMel(clip, 2, seeded(seed));
      return clip.power.join();
    });
    expect(new Set(shifted)).toEqual(
      new Set(["3,4,5,5,5", "2,3,4,5,5", "1,2,3,4,5", "1,1,2,3,4", "1,1,1,2,3"]),
    );
  });

  it("moves each frame alike, by no more than there are bands", () => {
    fc.assert(
      fc.property(fc.nat(1000), size, size, (seed, frames, bands) => {
        const clip = drawClip(frames, bands);
        const before = clip.power.slice();
        shiftMel(clip, 15, seeded(seed));
        const shift = seeded(seed).integer(31) - 15;
        clip.power.forEach((value, index) => {
          const band = index % bands;
          const source = Math.min(bands - 1, Math.max(0, band - shift));
          expect(value).toBe(before[index - band + source]);
        });
      }),
    );
  });
});

describe("mixClasses", () => {
  it("mixes clips of mean 1 and targets by the same share", () => {
    const batch = [0, 1, 2, 3].map((label) => ({
      clip: drawClip(3, 4, label + 1),
      target: Float32Array.from({ length: 4 }, (_, index) => (index === label ? 1 : 0)),
    }));
    const mixed = mixClasses(batch, seeded(5));
    expect(mixed).toHaveLength(4);
    mixed.forEach(({ clip, target }, index) => {
      const sum = target.reduce((total, share) => total + share, 0);
      expect(sum).toBeCloseTo(1, 6);
      expect(computeMeanPower(clip)).toBeCloseTo(1, 5);
      // The fraction of each partner is read from the target; the clip must be that mixture.
      clip.power.forEach((value, position) => {
        const expected = batch.reduce(
          (total, { clip: part }, label) =>
            total + ((target[label] ?? 0) * (part.power[position] ?? 0)) / computeMeanPower(part),
          0,
        );
        expect(value).toBeCloseTo(expected, 3);
      });
      expect(target[index]).toBeGreaterThan(0);
    });
  });

  it("keeps silence finite", () => {
    const silent = {
      clip: { power: new Float32Array(4), frames: 2, bands: 2 },
      target: Float32Array.of(1, 0),
    };
    expect(mixClasses([silent, silent], seeded(1))[0]?.clip.power).toEqual(new Float32Array(4));
  });
});

describe("maskSpectrum", () => {
  it("zeroes one run of bands and one of frames, no more than asked", () => {
    fc.assert(
      fc.property(fc.nat(5000), size, size, (seed, frames, bands) => {
        const grid = { values: new Float32Array(frames * bands).fill(1), frames, bands };
        maskSpectrum(grid, { maxBands: 3, maxFrames: 4 }, seeded(seed));
        const isZero = (frame: number, band: number): boolean => grid.values[frame * bands + band] === 0;
        const allFrames = [...Array(frames).keys()];
        const allBands = [...Array(bands).keys()];
        const zeroBands = allBands.filter((band) => allFrames.every((frame) => isZero(frame, band)));
        const zeroFrames = allFrames.filter((frame) => allBands.every((band) => isZero(frame, band)));
        if (zeroBands.length < bands && zeroFrames.length < frames) {
          expect(zeroBands.length).toBeLessThanOrEqual(3);
          expect(zeroFrames.length).toBeLessThanOrEqual(4);
          for (const run of [zeroBands, zeroFrames]) {
            const [first = 0] = run;
            expect(run).toEqual(run.map((_, index) => first + index));
          }
          const zeros = grid.values.filter((value) => value === 0).length;
          const union =
            zeroBands.length * frames + zeroFrames.length * bands - zeroBands.length * zeroFrames.length;
          expect(zeros).toBe(union);
        }
      }),
    );
  });
});

describe("gain and noise", () => {
  it("changeGain multiplies everything by one factor within the limit", () => {
    const clip = drawClip(3, 4);
    const before = clip.power.slice();
    changeGain(clip, 6, seeded(2));
    const factors = Array.from(clip.power, (value, index) => value / (before[index] ?? NaN));
    expect(Math.abs(10 * Math.log10(factors[0] ?? NaN))).toBeLessThanOrEqual(6);
    for (const factor of factors) expect(factor).toBeCloseTo(factors[0] ?? NaN, 4);
  });

  it("addNoise adds power of the asked ratio", () => {
    const clip: MelPower = { power: new Float32Array(40_000).fill(2), frames: 400, bands: 100 };
    addNoise(clip, { minDecibels: 10, maxDecibels: 10 }, seeded(3));
    expect(computeMeanPower(clip) - 2).toBeCloseTo(0.2, 2);
    expect(Math.min(...clip.power)).toBeGreaterThanOrEqual(2);
  });
});
