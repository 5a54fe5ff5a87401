import { expect, it } from "vitest";
import { createClassifier } from "../../../runtime/node.ts";
import { collect } from "../collect.ts";
import { buildTinyModel, makeLevel } from "../tiny-model.ts";

const sampleRateHz = 8000;
/** A second of digital silence (with dither in the last bit), one of sound, one of silence. */
const sound = makeLevel(1 / 40_000, 3 * sampleRateHz);
sound.set(makeLevel(0.5, sampleRateHz), sampleRateHz);
const silence = { label: null, confidence: 0, probabilities: new Float64Array(3) };

it("digital silence has no class in a timeline, and is no event", async () => {
  await using classifier = await createClassifier(buildTinyModel());
  const entries = await collect(
    classifier.classifyLong({ samples: sound, sampleRateHz }, { hopSeconds: 0.256 }),
  );
  expect(entries.at(0)).toMatchObject(silence);
  expect(entries.at(-1)).toMatchObject(silence);
  expect(entries.map(({ label }) => label)).toContain("loud");
  const events = await collect(classifier.findEvents({ samples: sound, sampleRateHz }, { thresholds: 0.2 }));
  expect(events.filter(({ endSeconds }) => endSeconds < 0.7)).toEqual([]);
});

it("digital silence has no class in a stream", async () => {
  await using classifier = await createClassifier(buildTinyModel());
  const labels: (string | null)[] = [];
  await using stream = classifier.stream({ onEntry: ({ label }) => labels.push(label) });
  await stream.push(new Float32Array(2 * sampleRateHz));
  stream.end();
  expect(await collect(stream)).toEqual([]);
  expect(new Set(labels)).toEqual(new Set([null]));
});
