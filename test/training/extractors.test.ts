import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { encodeWav } from "../../features/audio/encode-wav.ts";
import { createFeatureCache } from "../../datasets/cache/feature-cache.ts";
import { openFeatureSet, type FeatureSet } from "../../datasets/feature-set.ts";
import { createRandom } from "../../common/random.ts";
import { readDataset } from "../../datasets/read-dataset.ts";
import type { FeatureExtractor } from "../../features/extractor.ts";
import { readCheckpoint } from "../../training/checkpoints/checkpoint.ts";
import { loadEngine } from "../../training/engine.ts";
import { evaluate } from "../../training/scoring/evaluate.ts";
import { runJob } from "../../training/loop/run-job.ts";
import { createTfjsScorer } from "../../training/scoring/tfjs-scorer.ts";
import { smallConfig } from "../datasets/sounds.ts";
import { makeFolder } from "../datasets/temporary-folder.ts";
import { createToneJob } from "./tone-set.ts";

const pitchesHz = { high: 2500, low: 300, middle: 1100 };

/** Tones in noise, a class a pitch, from 0.25 to 0.6 s: some clips have two or three windows. */
function makeTones(): string {
  const files = Object.entries(pitchesHz).flatMap(([label, pitchHz]) =>
    Array.from({ length: 10 }, (_, take) => {
      const random = createRandom(1, `${label} ${take}`);
      const samples = new Float32Array(2000 + 300 * take).map(
        (_, index) => 0.1 * Math.sin((2 * Math.PI * pitchHz * index) / 8000) + 0.1 * random.normal(),
      );
      return [`${label}/${take}.wav`, encodeWav({ samples, sampleRateHz: 8000 })] as const;
    }),
  );
  return makeFolder(Object.fromEntries(files));
}

async function openSet(root: string, extractor: FeatureExtractor["name"]): Promise<FeatureSet> {
  const cache = createFeatureCache({ folder: makeFolder(), config: smallConfig, extractor, threads: 0 });
  onTestFinished(() => cache.dispose());
  return await openFeatureSet(await readDataset(root), cache);
}

beforeAll(() => loadEngine("auto"));

describe.each([
  ["meyda", "graph"],
  ["graph", "meyda"],
] as const)("a network trained on %s features", (own, other) => {
  it(`gives the same answers for ${other} features`, async () => {
    const root = makeTones();
    const trainedOn = await openSet(root, own);
    const folder = await mkdtemp(path.join(tmpdir(), "earshot-extractors-"));
    onTestFinished(() => rm(folder, { recursive: true }));
    const job = createToneJob({
      features: smallConfig,
      epochs: 12,
      optimiser: { name: "adam", learningRate: 0.01 },
    });
    await runJob(job, trainedOn, folder);

    const scorer = createTfjsScorer(await readCheckpoint(folder));
    const everything = [...trainedOn.clips.keys()];
    const expected = await evaluate(scorer, trainedOn, everything);
    const actual = await evaluate(scorer, await openSet(root, other), everything);
    expect(expected.clips).toBe(30); // of more windows
    expect(everything.length).toBeGreaterThan(30);
    expect(expected.accuracy).toBeGreaterThan(0.9);
    expect(actual.confusion).toEqual(expected.confusion);
    expect(actual.clipIds).toEqual(expected.clipIds);
    for (const [position, logit] of expected.logits.entries())
      expect(Math.abs((actual.logits[position] ?? NaN) - logit)).toBeLessThan(1e-3);
  });
});
