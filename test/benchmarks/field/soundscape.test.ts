import { expect, it } from "vitest";
import { bedNames, computePower, makeBed } from "../../../benchmarks/field/beds.ts";
import { cutSound } from "../../../benchmarks/field/cut-sound.ts";
import { drawScene, mixScene } from "../../../benchmarks/field/soundscape.ts";
import { createRandom } from "../../../common/random.ts";

const sampleRateHz = 8000;
const makeTone = (seconds: number): Float32Array =>
  Float32Array.from({ length: seconds * sampleRateHz }, (_, index) => Math.SQRT2 * Math.sin(0.5 * index));

it("cuts the loudest sound out of a clip, to 10 ms", () => {
  const clip = new Float32Array(5 * sampleRateHz);
  clip.set(makeTone(0.4), 2 * sampleRateHz);
  clip.set(makeTone(0.3), 2.9 * sampleRateHz); // half a second later: the same event
  clip.set(
    makeTone(0.2).map((sample) => 0.1 * sample),
    4.5 * sampleRateHz,
  );
  const sound = cutSound(clip, sampleRateHz);
  expect((sound?.length ?? NaN) / sampleRateHz).toBeCloseTo(1.2, 2);
  expect(cutSound(new Float32Array(sampleRateHz), sampleRateHz)).toBeUndefined();
});

it("makes beds of one power, the same for the same seed", () => {
  for (const name of bedNames) {
    const bed = makeBed(name, createRandom(1, name), 8000, sampleRateHz);
    expect(computePower(bed), name).toBeCloseTo(1, 4);
    expect(makeBed(name, createRandom(1, name), 8000, sampleRateHz)).toEqual(bed);
  }
});

it("mixes sounds at their places and the signal-to-noise ratio that was asked for", () => {
  const sounds = ["a", "b", "c"].map((label) => ({ label, samples: makeTone(2) }));
  const seeds = [0, 1, 2];
  const scenes = seeds.map((seed) => drawScene(sounds, { seed, name: "test", sampleRateHz }));
  expect(new Set(scenes.map(({ placed }) => placed.length)).size).toBeGreaterThan(1);
  for (const scene of scenes) {
    const { samples, truth } = mixScene(scene, 10);
    const signal = samples.map((sample, index) => sample - (scene.bed[index] ?? NaN));
    for (const { startSeconds, endSeconds, overlaps } of truth) {
      if (overlaps) continue;
      const power = computePower(signal.subarray(startSeconds * sampleRateHz, endSeconds * sampleRateHz));
      expect(10 * Math.log10(power / computePower(scene.bed))).toBeCloseTo(10, 1);
    }
  }
});
