import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { createRandom } from "../../../common/random.ts";
import { countFrames, defaultFeatureConfig } from "../../../features/feature-config.ts";
import { createMeydaExtractor } from "../../../features/meyda/meyda-extractor.ts";
import { createClassifier } from "../../../runtime/node.ts";
import { createWindowScorer } from "../../../runtime/timeline/score-windows.ts";
import { collect } from "../collect.ts";

const model = readFileSync(path.resolve(import.meta.dirname, "../../../pretrained/esc10.onnx"));
const sampleRateHz = 44_100;
const clipSamples = 5 * sampleRateHz;

function makeNoise(seconds: number): Float32Array {
  const random = createRandom(3, "shared windows");
  return Float32Array.from({ length: seconds * sampleRateHz }, () => 0.2 * (random.next() - 0.5));
}

it("hclassifier in overlapping windows what classify hclassifier in each", async () => {
  await using classifier = await createClassifier(model);
  const samples = makeNoise(9);
  const entries = await collect(classifier.classifyLong({ samples, sampleRateHz }, { hopSeconds: 1 }));
  const windowHopSamples = 43 * 1024; // the nearest to a second
  expect(entries).toHaveLength(Math.floor((samples.length - clipSamples) / windowHopSamples) + 2); // and the end
  for (const [index, { probabilities }] of entries.slice(0, -1).entries()) {
    const start = index * windowHopSamples;
    const answer = await classifier.classify({
      samples: samples.slice(start, start + clipSamples),
      sampleRateHz,
    });
    for (const { index: label, probability } of answer)
      expect(probabilities[label]).toBeCloseTo(probability, 5);
  }
});

it("hclassifier two sounds at once, each as alone", async () => {
  await using classifier = await createClassifier(model);
  const sounds = [makeNoise(7), makeNoise(7).map((value, index) => value * Math.sin(index / 9))];
  const score = (samples: Float32Array) =>
    collect(classifier.classifyLong({ samples, sampleRateHz }, { hopSeconds: 0.5 }));
  const together = await Promise.all(sounds.map(score));
  for (const [index, sound] of sounds.entries()) expect(together[index]).toEqual(await score(sound));
});

it("computes each frame once", async () => {
  const config = { ...defaultFeatureConfig, fftSamples: 256, hopSamples: 128 };
  const meyda = createMeydaExtractor(config);
  let frames = 0;
  const score = createWindowScorer(
    {
      extractor: {
        extract: async (samples) => {
          frames += countFrames(config, samples.length);
          return await meyda.extract(samples);
        },
      },
      network: { score: (values) => Promise.resolve(values) }, // its answer is what it was given
      dispose: () => Promise.resolve(),
    },
    () => Promise.reject(new Error("expected windows that share frames")),
    config,
  );
  const sound = makeNoise(1).subarray(0, 4000);
  for (const startSamples of [0, 384, 512, 1920]) {
    const samples = sound.subarray(startSamples, startSamples + 1500);
    const { values } = await meyda.extract(samples);
    expect(await score([{ samples, startSamples }])).toEqual(values);
  }
  expect(frames).toBe(10 + 3 + 1 + 10); // the last window begins where the one before has ended
});
