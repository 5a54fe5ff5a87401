import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Random } from "../../../../common/random.ts";
import { augmentationSchema } from "../../../../run-files/augmentation-config.ts";
import { drawNegative } from "../../../../training/data/augment/draw-negative.ts";
import { findPass } from "../../../../training/data/augment/find-pass.ts";
import { computeMeanPower, takePass, type MelPower } from "../../../../training/data/augment/mel-power.ts";
import { placeInBed } from "../../../../training/data/augment/place-in-bed.ts";
import { drawClip, seeded } from "./draw-clip.ts";

const size = fc.integer({ min: 1, max: 12 });

/** Frames of a clip as rows of plain numbers. */
const listFrames = ({ power, frames, bands }: MelPower): number[][] =>
  Array.from({ length: frames }, (_, frame) => [...power.subarray(frame * bands, (frame + 1) * bands)]);

const joinFrames = (rows: readonly (readonly number[])[], bands: number): MelPower => ({
  power: Float32Array.from(rows.flat()),
  frames: rows.length,
  bands,
});

describe("findPass", () => {
  it("finds one pass of a looped clip, whatever the frame it ends in", () => {
    fc.assert(
      fc.property(size, size, fc.integer({ min: 0, max: 30 }), (length, bands, more) => {
        const sound = listFrames(drawClip(length, bands));
        const looped = Array.from({ length: length + more }, (_, t) => sound[t % length] ?? []);
        const clip = findPass(joinFrames(looped, bands));
        expect(clip.pass).toEqual({ first: 0, length });
        expect(listFrames(takePass(clip))).toEqual(sound);
      }),
    );
  });

  it("leaves out the frames that fill a padded clip", () => {
    const zero = [0, 0];
    const frames = [zero, zero, [3, 1], [2, 2], zero, [1, 3], zero];
    expect(findPass(joinFrames(frames, 2)).pass).toEqual({ first: 2, length: 4 });
  });

  it("takes all of digital silence", () => {
    expect(findPass(joinFrames([[0], [0]], 1)).pass).toEqual({ first: 0, length: 2 });
  });
});

const settings = augmentationSchema.parse({ placement: {} }).placement;
if (settings === null) throw new Error("expected settings");

/** The recipe's formula, cell by cell, from the same random numbers in the order in which they are drawn. */
function placeNaively(sound: number[][], frames: number, random: Random): number[][] {
  const bands = sound[0]?.length ?? 0;
  let cut = sound;
  if (sound.length > frames) {
    const length = Math.max(1, Math.round((0.25 + 0.75 * random.next()) * frames));
    const from = random.integer(sound.length - length + 1);
    cut = sound.slice(from, from + length);
  }
  const start = random.integer(frames - cut.length + 1);
  const add = (bed: (t: number, band: number) => number): number[][] =>
    Array.from({ length: frames }, (_, t) =>
      Array.from({ length: bands }, (__, band) => bed(t, band) + (cut[t - start]?.[band] ?? 0)),
    );
  if (random.next() < 0.15) return add(() => 0);
  const mean = cut.flat().reduce((sum, value) => sum + value, 0) / cut.flat().length;
  const level = mean * 10 ** (-(50 * random.next()) / 10);
  const noise = Array.from({ length: frames * bands }, () => -Math.log(1 - random.next()));
  const heights = Array.from({ length: 5 }, () => 2 * random.next() - 1);
  const colour = (band: number): number => {
    const place = bands === 1 ? 0 : (4 * band) / (bands - 1);
    const left = Math.min(3, Math.floor(place));
    return (heights[left] ?? NaN) + (place - left) * ((heights[left + 1] ?? NaN) - (heights[left] ?? NaN));
  };
  return add((t, band) => level * 10 ** colour(band) * (noise[t * bands + band] ?? NaN));
}

describe("placeInBed", () => {
  it("is the recipe's formula", () => {
    fc.assert(
      fc.property(
        size,
        size,
        fc.integer({ min: 1, max: 16 }),
        fc.nat(9999),
        (length, bands, frames, seed) => {
          const sound = drawClip(length, bands, seed);
          const placed = placeInBed(sound, frames, settings, [], seeded(seed));
          expect(placed).toMatchObject({ frames, bands });
          const expected = placeNaively(listFrames(sound), frames, seeded(seed)).flat();
          const loudest = Math.max(...expected); // float32 holds 1 / (1 - u) near 1 to 1e-7
          expected.forEach((value, index) => {
            expect(Math.abs((placed.power[index] ?? NaN) - value)).toBeLessThanOrEqual(
              1e-5 * value + 1e-7 * loudest,
            );
          });
        },
      ),
    );
  });

  it("uses recordings of background half of the time, at the ratio asked for", () => {
    const sound = { power: new Float32Array(4).fill(100), frames: 2, bands: 2 };
    const recording = { power: Float32Array.of(1, 3, 1, 3, 1, 3), frames: 3, bands: 2 };
    const exact = { ...settings, snrDecibels: { min: 10, max: 10 }, silentFraction: 0 };
    const bed = Array.from({ length: 400 }, (_, seed) => {
      const placed = placeInBed(sound, 6, exact, [recording], seeded(seed));
      return listFrames(placed).filter(([first = 0]) => first < 100);
    });
    const recorded = bed.filter((rows) => rows.every(([a, b]) => a === 5 && b === 15));
    expect(recorded.length / bed.length).toBeGreaterThan(0.4);
    expect(recorded.length / bed.length).toBeLessThan(0.6);
  });
});

describe("drawNegative", () => {
  const config = augmentationSchema.parse({ negatives: { silentFraction: 0.25 } });
  const draw = (seed: number, generated: readonly MelPower[] = []): MelPower =>
    drawNegative({ beds: [], negatives: [], generated }, { frames: 5, bands: 4 }, config, seeded(seed));
  const seeds = Array.from({ length: 400 }, (_, seed) => seed);

  it("is silence as often as asked, else noise at many levels", () => {
    const means = seeds.map((seed) => computeMeanPower(draw(seed)));
    const silent = means.filter((mean) => mean === 0).length / means.length;
    expect(Math.abs(silent - 0.25)).toBeLessThan(0.07);
    const decades = means.filter((mean) => mean > 0).map(Math.log10);
    expect(Math.max(...decades) - Math.min(...decades)).toBeGreaterThan(8);
  });

  it("takes stretches of the background that there is, up to 40 dB down", () => {
    const source = { power: new Float32Array(12).fill(7), frames: 3, bands: 4 };
    const flat = seeds
      .map((seed) => draw(seed, [source]).power)
      .filter((power) => power[0] !== 0 && power.every((value) => value === power[0]));
    expect(flat.length / seeds.length).toBeGreaterThan(0.45);
    for (const [value = NaN] of flat) {
      expect(value).toBeLessThanOrEqual(7);
      expect(value).toBeGreaterThanOrEqual(7e-4);
    }
  });
});
