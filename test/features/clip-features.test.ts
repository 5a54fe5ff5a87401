import { describe, expect, it } from "vitest";
import { extractClip } from "../../features/clip-features.ts";
import { defaultFeatureConfig } from "../../features/feature-config.ts";
import { createMeydaExtractor } from "../../features/meyda/meyda-extractor.ts";
import { computeNaiveLogMel } from "./naive-log-mel.ts";
import { decodeAudio } from "../../features/audio/decode.ts";
import { hasRealClips, readRealClips } from "./real-clips.ts";
import { findLargestDifference, makeNoise, makeTone } from "./signals.ts";
import { writeWav } from "./audio/write-wav.ts";

const extractor = createMeydaExtractor(defaultFeatureConfig);

it("makes 214 frames of a short clip at another rate, silent where there is no sound", async () => {
  const wav = writeWav(makeTone(16_000, 440, 16_000), { sampleRateHz: 16_000 });
  const clip = await extractClip(wav, "x.wav", defaultFeatureConfig, extractor);
  expect([clip.frames, clip.bands]).toEqual([214, 96]);
  const loudest = (frame: number): number => Math.max(...clip.values.subarray(frame * 96, (frame + 1) * 96));
  expect(loudest(20)).toBeGreaterThan(20);
  expect(loudest(60)).toBe(0);
});

it("names the file that it cannot read", async () => {
  const bytes = writeWav(makeNoise(1000, 1)).subarray(0, 500);
  await expect(extractClip(bytes, "dog.wav", defaultFeatureConfig, extractor)).rejects.toThrow(/^dog\.wav: /);
});

describe.runIf(hasRealClips)("real clips", () => {
  it.each(readRealClips(80))("agree with the naive formula to 1e-4: $name", async ({ name, bytes }) => {
    const clip = await extractClip(bytes, name, defaultFeatureConfig, extractor);
    const { samples } = await decodeAudio(bytes, name);
    for (const frame of [3, 100]) {
      const naive = computeNaiveLogMel(
        samples.slice(frame * 1024, frame * 1024 + 2048),
        defaultFeatureConfig,
      );
      expect(findLargestDifference(clip.values.slice(frame * 96, (frame + 1) * 96), naive)).toBeLessThan(
        1e-4,
      );
    }
  });
});
