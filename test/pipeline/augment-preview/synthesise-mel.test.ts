import { expect, it } from "vitest";
import { defaultFeatureConfig } from "../../../features/feature-config.ts";
import { createMeydaExtractor } from "../../../features/meyda/meyda-extractor.ts";
import { synthesiseMel } from "../../../pipeline/augment-preview/synthesise-mel.ts";
import { makeNoise } from "../../features/signals.ts";

const config = { ...defaultFeatureConfig, melBands: 24 };

it("gives a sound with about the mel spectrum that it was made from", async () => {
  const burst = makeNoise(44_100, 1).map((sample, index) =>
    index > 11_025 && index < 33_075 ? sample : sample / 30,
  );
  const extractor = createMeydaExtractor(config);
  const original = await extractor.extract(burst);
  const { frames, bands } = original;
  const sound = synthesiseMel({ power: original.values.map(Math.expm1), frames, bands }, config, 44_100);
  const extracted = await extractor.extract(sound);
  expect(extracted.frames).toBe(frames);

  // Nepers of power; three tones beat where noise is even, so single cells differ.
  const differences = original.values.map((value, index) =>
    Math.abs(value - (extracted.values[index] ?? NaN)),
  );
  const mean = differences.reduce((sum, value) => sum + value, 0) / differences.length;
  expect(mean).toBeLessThan(1.2); // the burst is 6.8 above the rest
  const levels = [burst, sound].map(
    (samples) => samples.reduce((sum, sample) => sum + sample ** 2, 0) / samples.length,
  );
  expect(Math.abs(Math.log((levels[1] ?? NaN) / (levels[0] ?? NaN)))).toBeLessThan(0.7); // 3 dB
});

it("leaves out what a lower rate cannot hold", () => {
  const frames = 10;
  const power = new Float32Array(frames * 24).fill(1e6);
  const samples = synthesiseMel({ power, frames, bands: 24 }, config, 8000);
  expect(samples.length).toBe(Math.round(((9 * 1024 + 2048) * 8000) / 44_100));
  expect(samples.every(Number.isFinite)).toBe(true);
  expect(samples.some((sample) => Math.abs(sample) > 1e-4)).toBe(true);
});
