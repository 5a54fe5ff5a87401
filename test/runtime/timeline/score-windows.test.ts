import { readFileSync } from "node:fs";
import path from "node:path";
import * as ort from "onnxruntime-node";
import { expect, it } from "vitest";
import { createRandom } from "../../../common/random.ts";
import { countFrames, defaultFeatureConfig } from "../../../features/feature-config.ts";
import { createMeydaExtractor } from "../../../features/meyda/meyda-extractor.ts";
import { createClassifier } from "../../../runtime/node.ts";
import { createOrtFunction, createOrtScorer, type SampleShape } from "../../../runtime/ort-scorer.ts";
import { openFeatureParts } from "../../../runtime/timeline/feature-parts.ts";
import { openPlainNetwork, openWindowNetwork } from "../../../runtime/timeline/window-network.ts";
import { createWindowScorer } from "../../../runtime/timeline/score-windows.ts";
import { collect } from "../collect.ts";

const model = readFileSync(path.resolve(import.meta.dirname, "../../../pretrained/esc10.onnx"));
const sampleRateHz = 44_100;
const clipSamples = 5 * sampleRateHz;

function makeNoise(seconds: number): Float32Array {
  const random = createRandom(3, "shared windows");
  return Float32Array.from({ length: seconds * sampleRateHz }, () => 0.2 * (random.next() - 0.5));
}

it.each([
  ["whole", openPlainNetwork],
  ["in two", openWindowNetwork],
])("answers in overlapping windows what classify answers in each, its network %s", async (_, openNetwork) => {
  await using classifier = await createClassifier(model);
  const parts = await openFeatureParts(model, 96, {
    openFeatures: async (bytes) =>
      createOrtScorer<SampleShape>(await ort.InferenceSession.create(bytes), ort),
    openNetwork: (bytes) =>
      openNetwork(bytes, async (one) => createOrtFunction(await ort.InferenceSession.create(one), ort)),
  });
  if (parts === undefined) throw new Error("expected a model that can be cut");
  const score = createWindowScorer(parts, classifier.info.features);
  const sound = makeNoise(9);
  // A second apart by whole hops, and the end, which shares none.
  for (const startSamples of [0, 43 * 1024, 86 * 1024, sound.length - clipSamples]) {
    const samples = sound.slice(startSamples, startSamples + clipSamples);
    const [answer] = await score([{ samples, startSamples }]);
    for (const { index, logit } of await classifier.classify({ samples, sampleRateHz }))
      expect(answer?.logits[index]).toBeCloseTo(logit, 4);
  }
  await parts.dispose();
});

it("classifies two sounds at once, each as alone", async () => {
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
      network: {
        score: (values) => Promise.resolve({ windows: values }), // its answer is what it was given
        dispose: () => Promise.resolve(),
      },
      toPower: Math.expm1,
      dispose: () => Promise.resolve(),
    },
    config,
  );
  const sound = makeNoise(1).subarray(0, 4000);
  for (const startSamples of [0, 384, 512, 1920]) {
    const samples = sound.subarray(startSamples, startSamples + 1500);
    const { values } = await meyda.extract(samples);
    expect(await score([{ samples, startSamples }])).toEqual([{ logits: values }]);
  }
  expect(frames).toBe(10 + 3 + 1 + 10); // the last window begins where the one before has ended
});
