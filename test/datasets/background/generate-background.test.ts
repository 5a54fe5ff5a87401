import { describe, expect, it } from "vitest";
import { defaultFeatureConfig } from "../../../features/feature-config.ts";
import { backgroundSounds } from "../../../datasets/background/background-sounds.ts";
import { extractBackground } from "../../../datasets/background/extract-background.ts";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { makeBackground, planBackground } from "../../../datasets/background/generate-background.ts";

const sounds = planBackground(0, "test", { steady: 2, varied: 4 }).map(makeBackground);
const ofKind = (kind: string): Float32Array =>
  sounds.find((sound) => sound.kind === kind)?.samples ?? expect.fail(kind);

/** Power of a sine of `hertz` in the sound, by Goertzel's sum over blocks of 4,410 samples. */
function measurePower(samples: Float32Array, hertz: number): number {
  let power = 0;
  for (let start = 0; start + 4410 <= samples.length; start += 4410) {
    let [real, imaginary] = [0, 0];
    for (let index = 0; index < 4410; index++) {
      const angle = (2 * Math.PI * hertz * index) / 44_100;
      real += (samples[start + index] ?? NaN) * Math.cos(angle);
      imaginary += (samples[start + index] ?? NaN) * Math.sin(angle);
    }
    power += real ** 2 + imaginary ** 2;
  }
  return power;
}

/** Mean decibels of some frequencies around a centre. */
function measureDecibels(samples: Float32Array, centreHz: number): number {
  const around = [0.85, 0.9, 0.95, 1, 1.05, 1.1, 1.15].map((factor) =>
    measurePower(samples, 10 * Math.round((centreHz * factor) / 10)),
  );
  return 10 * Math.log10(around.reduce((sum, power) => sum + power, 0));
}

describe("generated background", () => {
  it("has every kind, 5 s each, at a level that 16 bits hold", () => {
    const counts = Object.keys(backgroundSounds).map((kind) => [
      kind,
      sounds.filter((sound) => sound.kind === kind).length,
    ]);
    const varied = ["hum", "music", "voice"];
    const expected = Object.keys(backgroundSounds).map((kind) => [kind, varied.includes(kind) ? 4 : 2]);
    expect(counts).toEqual(expected);
    for (const { kind, samples } of sounds) {
      const rms = Math.sqrt(samples.reduce((sum, value) => sum + value * value, 0) / samples.length);
      expect(samples.length, kind).toBe(220_500);
      expect(rms, kind).toBeGreaterThan(kind === "quantised" ? 1e-5 : 0.99e-4);
      expect(rms, kind).toBeLessThan(0.317);
    }
  });

  it.each(["white", "music", "voice"])("%s is fixed by seed and stream", (kind) => {
    const make = (seed: number, stream: string): Buffer => {
      const planned = planBackground(seed, stream, { steady: 1, varied: 1 }).find((own) => own.kind === kind);
      return Buffer.from(makeBackground(planned ?? expect.fail(kind)).samples.buffer);
    };
    const first = make(0, "test");
    expect(make(0, "test").equals(first)).toBe(true);
    expect(make(1, "test").equals(first)).toBe(false);
    expect(make(0, "training").equals(first)).toBe(false);
  });

  it.each([
    ["white", 0],
    ["pink", -3],
    ["brown", -6],
  ])("%s noise falls by %s dB an octave", (kind, slope) => {
    const samples = ofKind(kind);
    const octaves = Math.log2(4000 / 250);
    const measured = (measureDecibels(samples, 4000) - measureDecibels(samples, 250)) / octaves;
    expect(Math.abs(measured - slope)).toBeLessThan(0.7);
  });

  it("comes as log-mel at the model's rate", async () => {
    const config = {
      ...defaultFeatureConfig,
      sampleRateHz: 16_000,
      fftSamples: 512,
      hopSamples: 256,
      melBands: 32,
    };
    const folder = await mkdtemp(path.join(tmpdir(), "earshot-background-"));
    const plan = planBackground(0, "test", { steady: 1, varied: 1 }).slice(0, 2);
    const [clip, other] = await extractBackground(plan, config, "graph", folder);
    expect(clip).toMatchObject({ kind: "white", logMel: { frames: 311, bands: 32 } });
    expect(await readdir(folder, { recursive: true })).toHaveLength(5); // a folder, two in it, an entry in each
    expect(await extractBackground(plan, config, "graph", folder)).toEqual([clip, other]);
    await rm(folder, { recursive: true });
  });
});
