import { expect, it } from "vitest";
import { createMeydaExtractor } from "../../features/meyda/meyda-extractor.ts";
import { createClassifier, DisposedError } from "../../runtime/node.ts";
import { buildTinyFeatureModel, buildTinyModel, makeLevel, tinyFeatures } from "./tiny-model.ts";

const sound = makeLevel(0.5, 2000).map((sample, index) => sample * Math.sin(index / 7));

it.each([
  ["samples", buildTinyModel()],
  ["features", buildTinyFeatureModel()],
])("gives the log-mel frames of a live sound, model of %s", async (_, model) => {
  await using classifier = await createClassifier(model);
  const stream = await classifier.openLogMel();
  const blocks = await Promise.all([
    stream.push(sound.subarray(0, 700)),
    stream.push(sound.subarray(700)),
    stream.flush(),
  ]);
  const values = blocks.flatMap((block) => [...block.values]);
  const expected = await createMeydaExtractor(tinyFeatures).extract(sound);
  expect(blocks.map(({ firstFrame }) => firstFrame)).toEqual([0, 4, 14]);
  expect(values).toHaveLength(expected.values.length);
  for (const [index, value] of expected.values.entries()) expect(values[index]).toBeCloseTo(value, 4);
});

it("resamples, and ends with its classifier", async () => {
  const classifier = await createClassifier(buildTinyModel());
  const stream = await classifier.openLogMel({ sampleRateHz: 16_000 });
  const { frames } = await stream.push(new Float32Array(16_000));
  expect(frames).toBeGreaterThan(55);
  expect(frames).toBeLessThan(62);
  await classifier.dispose();
  await expect(stream.push(sound)).rejects.toThrow(DisposedError);
  await expect(classifier.openLogMel()).rejects.toThrow(DisposedError);
});
