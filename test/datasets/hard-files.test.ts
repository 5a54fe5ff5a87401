import { symlinkSync, truncateSync } from "node:fs";
import path from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { createFeatureCache, type FeatureCacheOptions } from "../../datasets/cache/feature-cache.ts";
import { openFeatureSet, type PreparedFeatureSet } from "../../datasets/feature-set.ts";
import { readDataset } from "../../datasets/read-dataset.ts";
import { makeNoise } from "../features/signals.ts";
import { writeWav } from "../features/audio/write-wav.ts";
import { makeFlacBomb } from "./flac-bomb.ts";
import { makeNoiseWav, smallConfig } from "./sounds.ts";
import { makeFolder } from "./temporary-folder.ts";

async function open(
  root: string,
  { skipBadClips = false, ...options }: Partial<FeatureCacheOptions> & { skipBadClips?: boolean } = {},
): Promise<PreparedFeatureSet> {
  const settings = { folder: makeFolder(), config: smallConfig, extractor: "meyda", threads: 0 } as const;
  const cache = createFeatureCache({ ...settings, ...options });
  onTestFinished(() => cache.dispose());
  return await openFeatureSet(await readDataset(root), cache, { skipBadClips });
}

const good = Object.fromEntries(
  ["dog", "cat"].flatMap((label) =>
    [1, 2, 3].map((take) => [`${label}/${take}.wav`, makeNoiseWav(`${label} ${take}`)]),
  ),
);

const odd = {
  "cat/96 channels.wav": writeWav(makeNoise(96 * 2000, 1), { channels: 96, sampleRateHz: 8000 }),
  "cat/384 kHz.wav": writeWav(makeNoise(96_000, 1), { sampleRateHz: 384_000 }),
  "cat/one frame.wav": writeWav(makeNoise(256, 1), { sampleRateHz: 8000 }),
  "dog/a name, with\na line break.wav": makeNoiseWav("line break"),
  "dog/Ünï 鳥.wav": makeNoiseWav("other scripts"),
};

const bad = {
  "cat/one sample.wav": writeWav([0.5], { sampleRateHz: 8000 }),
  "dog/all silent.wav": writeWav(new Float32Array(4000), { sampleRateHz: 8000 }),
  "dog/not a number.wav": writeWav([0.1, NaN, 0.1], { sampleRateHz: 8000, encoding: "float32" }),
  "dog/no samples.wav": writeWav([]),
  "dog/nothing.wav": "",
  "dog/three hours.wav": "", // made below
  "dog/unpacks to 100 hours.flac": makeFlacBomb(100),
};

const threeHours = 3 * 3600 * 1000;

/** A folder whose worst file has three hours of 8 bits at 1 kHz, all but its start a hole in the file. */
function makeHardFolder(): string {
  const start = writeWav([0.5], { encoding: "pcm8", sampleRateHz: 1000 });
  const view = new DataView(start.buffer);
  view.setUint32(4, threeHours + 36, true);
  view.setUint32(40, threeHours, true);
  const root = makeFolder({ ...good, ...odd, ...bad, "dog/three hours.wav": start });
  truncateSync(path.join(root, "dog/three hours.wav"), 44 + threeHours);
  symlinkSync(root, path.join(root, "dog", "loop"));
  return root;
}

describe("a folder of hard files", () => {
  it("is refused with every bad one and its reason, and taken without them when asked", async () => {
    const root = makeHardFolder();
    const message = await open(root).catch(String);
    expect(message).toBe(
      [
        `UserError: ${root}: 7 problems`,
        "  cat/one sample.wav: expected at least one frame of sound (256 samples, 32 ms at 8000 Hz), got 1 samples",
        "  dog/all silent.wav: expected sound, got 0.5 s of silence",
        "  dog/no samples.wav: expected sound, got none: the file holds 0 samples",
        "  dog/not a number.wav: expected samples within 1000 times full scale, got NaN at sample 1 (0.000 s)",
        "  dog/nothing.wav: expected audio, got an empty file",
        "  dog/three hours.wav: expected at most 600 s of sound, got more",
        "  dog/unpacks to 100 hours.flac: expected at most 600 s of sound, got more",
        "--skip-bad-clips continues without them, --max-clip-seconds takes longer files",
      ].join("\n"),
    );

    const set = await open(root, { skipBadClips: true });
    expect(set.badClips.map(({ clip }) => clip.id)).toEqual(Object.keys(bad).sort());
    const usable = [...Object.keys(good), ...Object.keys(odd)];
    expect(set.cached.map(({ clip }) => clip.id).sort()).toEqual(usable.sort());
    for (const index of set.clips.keys()) {
      const { values, frames } = await set.read(index);
      expect(frames).toBe(14);
      expect(values.every(Number.isFinite)).toBe(true);
    }
  });
});

describe("a file that unpacks to far more than it is", () => {
  it("is ended at the longest length, in time and memory for that", async () => {
    const bomb = makeFlacBomb(100);
    expect(bomb.length).toBeLessThan(1_000_000); // and 11.5 GB of samples
    const root = makeFolder({ ...good, "dog/bomb.flac": bomb });
    const before = process.memoryUsage().rss;
    await expect(open(root, { maxClipSeconds: 20 })).rejects.toThrow(
      "dog/bomb.flac: expected at most 20 s of sound, got more",
    );
    expect(process.memoryUsage().rss - before).toBeLessThan(300 * 2 ** 20);
  });

  it("is sound as long as it is short", async () => {
    const root = makeFolder({ ...good, "dog/quiet hum.flac": makeFlacBomb(0.01) });
    const set = await open(root, { maxClipSeconds: 60 });
    expect(set.cached.find(({ clip }) => clip.id === "dog/quiet hum.flac")?.facts.seconds).toBeCloseTo(
      40.96,
      2,
    );
  });
});
