import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createMeydaExtractor } from "../../features/meyda/meyda-extractor.ts";
import { classifyFiles, type ClassifyOptions } from "../../runtime/classify-files.ts";
import { AudioError, createClassifier, type SoundEvent, type TimelineEntry } from "../../runtime/node.ts";
import { collect } from "./collect.ts";
import {
  buildTinyFeatureModel,
  buildTinyModel,
  computeTinyLogits,
  createTinyMetadata,
  makeLevel,
  tinyFeatures,
  tinyLabels,
} from "./tiny-model.ts";
import { encodeWav } from "./audio/wav.ts";

const sampleRateHz = 8000;
const loud = makeLevel(0.5, 4000);

describe("createClassifier", () => {
  let folder = "";
  const inFolder = (name: string) => join(folder, name);
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "earshot-runtime-"));
    await writeFile(inFolder("model.onnx"), buildTinyModel());
    await writeFile(inFolder("loud.wav"), encodeWav(loud, sampleRateHz));
    await writeFile(inFolder("quiet.wav"), encodeWav(makeLevel(0.01, 4000), sampleRateHz));
    await writeFile(inFolder("text.wav"), "this is no sound");
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it("takes a path, a URL, bytes and a Response, and says what the model is", async () => {
    const bytes = buildTinyModel();
    const path = inFolder("model.onnx");
    for (const source of [path, pathToFileURL(path), bytes, new Response(new Uint8Array(bytes))]) {
      await using classifier = await createClassifier(source);
      expect(classifier.info).toEqual({
        ...createTinyMetadata(),
        seal: classifier.info.seal,
        sampleRateHz,
        windowSeconds: 0.5,
        verified: true,
      });
      expect(classifier.backend).toEqual({ name: "cpu", requested: ["cpu"], rejected: [] });
    }
  });

  it("answers the same in a path, a URL, bytes, samples with a rate, a waveform and an AudioBuffer", async () => {
    await using classifier = await createClassifier(inFolder("model.onnx"));
    const path = inFolder("loud.wav");
    const buffer = {
      numberOfChannels: 2,
      sampleRate: sampleRateHz,
      getChannelData: (channel: number) => loud.map((sample) => (channel === 0 ? 2 * sample : 0)),
    };
    const answers = await Promise.all([
      classifier.classify(path),
      classifier.classify(pathToFileURL(path)),
      classifier.classify(encodeWav(loud, sampleRateHz)),
      classifier.classify(loud, { sampleRateHz }),
      classifier.classify({ samples: loud, sampleRateHz }),
      classifier.classify(buffer),
    ]);
    const [, , expected] = computeTinyLogits(0.5);
    for (const [best, ...others] of answers) {
      expect(best.label).toBe("loud");
      expect(best.logit).toBeCloseTo(expected, 3); // 16-bit steps
      const probabilities = [best, ...others].map(({ probability }) => probability);
      expect(probabilities.reduce((sum, probability) => sum + probability, 0)).toBeCloseTo(1, 12);
      expect(probabilities).toEqual(probabilities.toSorted((one, other) => other - one));
    }
  });

  it("gives the softmax of the logits", async () => {
    await using classifier = await createClassifier(buildTinyModel());
    const scores = await classifier.classify(makeLevel(0.25, 4000), { sampleRateHz });
    const powers = computeTinyLogits(0.25).map(Math.exp);
    const sum = powers.reduce((total, power) => total + power, 0);
    for (const { index, label, probability } of scores) {
      expect(label).toBe(tinyLabels[index]);
      expect(probability).toBeCloseTo((powers[index] ?? NaN) / sum, 6);
    }
  });

  it("divides the logits by the model's temperature for probabilities alone, in clips and timelines", async () => {
    const temperature = 0.25;
    await using classifier = await createClassifier(buildTinyModel(createTinyMetadata({ temperature })));
    const logits = computeTinyLogits(0.25);
    const powers = logits.map((logit) => Math.exp(logit / temperature));
    const sum = powers.reduce((total, power) => total + power, 0);
    const sound = { samples: makeLevel(0.25, 4000), sampleRateHz };
    const scores = await classifier.classify(sound);
    const [entry] = await collect(classifier.classifyLong(sound));
    for (const { index, logit, probability } of scores) {
      expect(logit).toBeCloseTo(logits[index] ?? NaN, 6);
      expect(probability).toBeCloseTo((powers[index] ?? NaN) / sum, 6);
      expect(entry?.probabilities[index]).toBeCloseTo(probability, 6);
    }
  });

  describe("names a class or none", () => {
    const thresholds = { goal: "best F1", rejection: 0.5, classes: [0.5, 0.6, 0.97] };
    const levels = { quiet: 0, loud: 0.5 }; // the softmax of 2, 1, -2 and of -3, 1, 3
    const name = async (
      level: number,
      options: ClassifyOptions,
      changes = {},
    ): Promise<string | undefined> => {
      await using classifier = await createClassifier(buildTinyModel(createTinyMetadata(changes)));
      const sound = { samples: makeLevel(level, 8000), sampleRateHz };
      const answer = await classifier.classify(sound, options);
      expect(answer.rejected).toBe(answer.best === undefined);
      // Timelines, events and streams name what clips name.
      const entries = await collect(classifier.classifyLong(sound, options));
      expect(new Set(entries.map(({ rejected }) => rejected))).toEqual(new Set([answer.rejected]));
      const isFound = (events: readonly SoundEvent[]) =>
        events.some(({ label }) => label === answer[0].label);
      expect(isFound(await collect(classifier.findEvents(sound, options)))).toBe(!answer.rejected);
      const streamed: boolean[] = [];
      const onEntry = ({ rejected }: TimelineEntry) => void streamed.push(rejected);
      await using stream = classifier.stream({ sampleRateHz, onEntry, ...options });
      await stream.push(sound.samples);
      stream.end();
      expect(isFound(await collect(stream))).toBe(!answer.rejected);
      expect(new Set(streamed)).toEqual(new Set([answer.rejected]));
      return answer.best?.label;
    };

    it.each([
      ["an old model names the most probable", levels.loud, {}, {}, "loud"],
      ["0.866 is below the model's 0.97", levels.loud, {}, { thresholds }, undefined],
      ["one threshold for all, by hand", levels.loud, { thresholds: 0.8 }, { thresholds }, "loud"],
      ["none by hand", levels.loud, { thresholds: 0 }, { thresholds }, "loud"],
      ["one label's by hand", levels.loud, { thresholds: { loud: 0.8 } }, { thresholds }, "loud"],
      ["the others keep the model's", levels.loud, { thresholds: { quiet: 0.1 } }, { thresholds }, undefined],
      ["background is never named", levels.loud, {}, { thresholds, background: ["loud"] }, undefined],
      ["nor at one threshold for all", levels.loud, { thresholds: 0 }, { background: ["loud"] }, undefined],
      ["but by its name", levels.loud, { thresholds: { loud: 0.8 } }, { background: ["loud"] }, "loud"],
      ["by hand for an old model", levels.loud, { thresholds: 0.9 }, {}, undefined],
      ["digital silence is never named", levels.quiet, {}, {}, undefined],
      ["nor where everything is", levels.quiet, { thresholds: 0 }, { thresholds }, undefined],
    ])("%s", async (_, level, options, changes, expected) => {
      expect(await name(level, options, changes)).toBe(expected);
    });

    it("refuses thresholds that no label has", async () => {
      await expect(name(0.5, { thresholds: { nobody: 0.5, loud: 2 } })).rejects.toThrow(
        "thresholds: expected a label of the model (quiet, middle, ü, loud), got nobody\nloud: expected 0 to 1, got 2",
      );
    });
  });

  it("gives a shorter clip to the model as it is, and a longer one up to a tenth", async () => {
    await using classifier = await createClassifier(buildTinyModel());
    for (const length of [256, 1000, 4400]) {
      const scores = await classifier.classify(makeLevel(0.5, length), { sampleRateHz });
      expect(scores.find(({ label }) => label === "loud")?.logit).toBeCloseTo(computeTinyLogits(0.5)[2], 5);
    }
  });

  it.each([buildTinyModel(), buildTinyFeatureModel()])("refuses less than one frame", async (model) => {
    await using classifier = await createClassifier(model);
    for (const length of [1, 255])
      await expect(classifier.classify(makeLevel(0.5, length), { sampleRateHz })).rejects.toThrow(
        new AudioError(
          `sound: expected at least one frame of sound (256 samples, 32 ms at 8000 Hz), got ${length} samples`,
        ),
      );
  });

  it("pads a shorter clip for a model of format 1", async () => {
    await using classifier = await createClassifier(buildTinyModel(createTinyMetadata({ format: 1 })));
    const scores = await classifier.classify(makeLevel(0.5, 1000), { sampleRateHz });
    expect(scores.find(({ label }) => label === "loud")?.logit).toBeCloseTo(computeTinyLogits(0.125)[2], 5);
  });

  it("classifies all of a longer clip, and pools as asked", async () => {
    await using classifier = await createClassifier(buildTinyModel());
    const samples = new Float32Array(12_000);
    samples.set(makeLevel(0.5, 4000), 8000); // windows start at 0, 2000, 4000, 6000, 8000: levels 0, 0, 0, 1/4, 1/2
    const mean = await classifier.classify(samples, { sampleRateHz });
    const max = await classifier.classify(samples, { sampleRateHz, pooling: "max" });
    expect(mean.find(({ label }) => label === "loud")?.logit).toBeCloseTo(computeTinyLogits(0.15)[2], 5);
    expect(max.find(({ label }) => label === "loud")?.logit).toBeCloseTo(computeTinyLogits(0.5)[2], 5);
  });

  it("cuts what a codec has padded for a model of format 1", async () => {
    await using classifier = await createClassifier(buildTinyModel(createTinyMetadata({ format: 1 })));
    const samples = new Float32Array(4100);
    samples.set(loud);
    const [best] = await classifier.classify(samples, { sampleRateHz });
    expect(best.logit).toBeCloseTo(computeTinyLogits(0.5)[2], 5);
  });

  it("feeds a model of features with those that it was trained on", async () => {
    await using classifier = await createClassifier(buildTinyFeatureModel());
    const samples = Float32Array.from({ length: 4000 }, (_, index) => Math.sin(index * index * 1e-4) / 2);
    const { values, frames, bands } = await createMeydaExtractor(tinyFeatures).extract(samples);
    const means = [0, bands - 1].map((band) => {
      let sum = 0;
      for (let frame = 0; frame < frames; frame++) sum += values[frame * bands + band] ?? NaN;
      return sum / frames;
    });
    const scores = await classifier.classify(samples, { sampleRateHz });
    expect(scores.find(({ index }) => index === 0)?.logit).toBeCloseTo(means[0] ?? NaN, 3);
    expect(scores.find(({ index }) => index === 2)?.logit).toBeCloseTo(means[1] ?? NaN, 3);
  });

  it("finishes the calls under way when disposed of, and refuses new ones", async () => {
    const classifier = await createClassifier(buildTinyModel());
    const running = Array.from({ length: 20 }, () => classifier.classify(loud, { sampleRateHz }));
    const disposed = classifier.dispose();
    await expect(classifier.classify(loud, { sampleRateHz })).rejects.toMatchObject({ code: "disposed" });
    expect((await Promise.all(running)).map(([best]) => best.label)).toEqual(Array(20).fill("loud"));
    await disposed;
    await classifier.dispose();
  });

  it("throws an abort's reason", async () => {
    await using classifier = await createClassifier(buildTinyModel());
    const controller = new AbortController();
    const running = classifier.classify(loud, { sampleRateHz, signal: controller.signal });
    controller.abort(new Error("enough"));
    await expect(running).rejects.toThrow("enough");
    await expect(createClassifier(buildTinyModel(), { signal: controller.signal })).rejects.toThrow("enough");
  });

  it("answers a batch of 1,000 with a corrupt file in it", async () => {
    await using classifier = await createClassifier(buildTinyModel());
    const good = encodeWav(makeLevel(0.5, 400), sampleRateHz);
    const batch = Array.from({ length: 1000 }, (_, index) => (index === 617 ? good.subarray(0, 300) : good));
    const answers = await classifier.classifyBatch(batch);
    expect(answers).toHaveLength(1000);
    for (const [index, { source, classification, error }] of answers.entries()) {
      expect(source).toBe(batch[index]);
      if (index === 617) expect(error).toMatchObject({ code: "bad-audio" });
      else expect(classification).toHaveLength(3);
    }
  });

  it("classifies many files in their order and goes on after a bad one", async () => {
    await using classifier = await createClassifier(inFolder("model.onnx"));
    const names = ["loud.wav", "text.wav", "quiet.wav", "missing.wav", "loud.wav"];
    for (const concurrency of [1, 2, 9]) {
      const answers = [];
      for await (const { source, classification, error } of classifyFiles(classifier, names.map(inFolder), {
        concurrency,
      }))
        answers.push([source, classification?.[0].label ?? error?.name]);
      expect(answers).toEqual(
        ["loud", "AudioError", "quiet", "SourceError", "loud"].map((answer, index) => [
          inFolder(names[index] ?? ""),
          answer,
        ]),
      );
    }
  });
});
