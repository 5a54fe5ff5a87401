import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it } from "vitest";
import type { Clip } from "../../../datasets/dataset.ts";
import { encodeWav } from "../../../features/audio/encode-wav.ts";
import { countFrames, defaultFeatureConfig } from "../../../features/feature-config.ts";
import { countParameters } from "../../../models/summarise-network.ts";
import { createNetwork } from "../../../models/create-network.ts";
import { recipes } from "../../../training/jobs/recipes.ts";
import { protocols } from "../../../training/jobs/protocols.ts";
import { chooseWindow, listWindowOverrides, measureClips } from "../../../pipeline/runs/choose-window.ts";

const clips = (seconds: readonly number[], sampleRateHz = 44_100) =>
  seconds.map((own) => ({ soundSeconds: own, sampleRateHz }));
const shortWords = [0.3, 0.4, 0.5, 0.5, 0.6, 0.6, 0.7, 0.8, 1, 30];

describe("the window of a data set", () => {
  it.each([
    ["words of up to a second", clips(shortWords), undefined, { clipSeconds: 1, hopSamples: 256 }],
    ["a tenth more than a window", clips([1.1, 1.05, 1.1]), undefined, { clipSeconds: 1 }],
    ["claps of two seconds", clips([2, 2, 2.2]), undefined, { clipSeconds: 2.5, hopSamples: 512 }],
    ["ESC's clips", clips([5, 5, 5]), undefined, { ...pickUsual() }],
    ["recordings of minutes", clips([300, 200]), undefined, { ...pickUsual() }],
    ["nothing that can be read", [], undefined, { ...pickUsual() }],
    ["a window as asked", clips(shortWords), 2, { clipSeconds: 2, hopSamples: 512 }],
    ["a telephone's rate", clips(shortWords, 8000), undefined, { sampleRateHz: 8000, fftSamples: 1024 }],
    ["Speech Commands' rate", clips(shortWords, 16_000), undefined, { sampleRateHz: 16_000, clipSeconds: 1 }],
    ["one file of a higher rate", [...clips(shortWords, 8000), ...clips([1])], undefined, pickRate()],
  ] as const)("suits %s", (_, measured, asked, expected) => {
    const { features, note } = chooseWindow(measured, asked);
    expect(features).toMatchObject(expected);
    expect(note).toContain(`windows of ${features.clipSeconds} s`);
    // As many frames as the recipes' crops and masks are made for.
    const frames = countFrames({ ...defaultFeatureConfig, ...features }, features.clipSeconds * features.sampleRateHz);
    expect(frames).toBeGreaterThanOrEqual(recipes.best.job.augmentation.cropFrames);
    expect(frames).toBeLessThan(330);
    expect(features.fftSamples % features.hopSamples).toBe(0);
  });

  it("is chosen by sounds without their silent ends, of a long file by no more than shows that it is long", async () => {
    const folder = await mkdtemp(path.join(tmpdir(), "earshot-window-"));
    const write = async (name: string, samples: Float32Array): Promise<Clip> => {
      const file = path.join(folder, name);
      await writeFile(file, encodeWav({ samples, sampleRateHz: 8000 }));
      return { id: name, path: file, label: "a", source: name, fold: 1 };
    };
    try {
      const long = await write("long.wav", new Float32Array(600 * 8000).fill(0.1));
      const text = { ...long, id: "text.wav", path: path.join(folder, "text.wav") };
      await writeFile(text.path, "no sound");
      // What is more than 60 dB down is silence.
      const sound = new Float32Array(2 * 8000).fill(1e-4).fill(-0.5, 3000, 7000);
      const measured = await measureClips([await write("short.wav", sound), long, text]);
      expect(measured).toEqual([
        { soundSeconds: 0.5, sampleRateHz: 8000 },
        { soundSeconds: 10, sampleRateHz: 8000 },
      ]);
      expect(chooseWindow(measured).note).toContain("more than one sound in ten lasts over 5 s");
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it("changes no setting, and so no hash, where it is the usual one", () => {
    expect(listWindowOverrides(chooseWindow(clips([5, 5])))).toEqual({});
  });

  it.each([
    ["cnn", 641_034],
    ["cnn-transformer", 3_272_714],
  ] as const)("leaves %s its %i parameters", (architecture, parameters) => {
    const [named] = protocols.holdout({
      recipe: "best",
      networks: [{ architecture, classes: 10 }],
      seeds: [0],
      folds: [1, 2, 3],
      overrides: listWindowOverrides(chooseWindow(clips(shortWords, 16_000))),
    });
    if (named === undefined) throw new Error("holdout: expected a job");
    expect(named.job.features).toMatchObject({ clipSeconds: 1, sampleRateHz: 16_000 });
    const network = createNetwork(named.job.network, 0);
    expect(countParameters(network).trainable).toBe(parameters);
    network.dispose();
  });
});

function pickUsual() {
  const { clipSeconds, sampleRateHz, fftSamples, hopSamples } = defaultFeatureConfig;
  return { clipSeconds, sampleRateHz, fftSamples, hopSamples };
}

function pickRate() {
  return { sampleRateHz: 44_100, clipSeconds: 1 };
}
