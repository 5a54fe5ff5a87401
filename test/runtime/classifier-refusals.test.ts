import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { metadataKey } from "../../features/model-metadata.ts";
import { writeMetadata } from "../../onnx/read-metadata.ts";
import { createClassifier } from "../../runtime/node.ts";
import { readModel } from "../../runtime/read-model.ts";
import { buildTinyModel, createTinyMetadata, makeLevel } from "./tiny-model.ts";
import { encodeWav } from "./audio/wav.ts";

const sampleRateHz = 8000;
const loud = makeLevel(0.5, 4000);

describe("what createClassifier and its classifier refuse", () => {
  let folder = "";
  const inFolder = (name: string) => join(folder, name);
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "earshot-refusals-"));
    await writeFile(inFolder("silent.wav"), encodeWav(new Float32Array(4000), sampleRateHz));
    await writeFile(inFolder("text.wav"), "this is no sound");
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it("refuses an unproven model unless told otherwise, and says that it is unproven", async () => {
    const unproven = buildTinyModel(createTinyMetadata({ parity: [] }));
    await expect(createClassifier(unproven)).rejects.toMatchObject({
      name: "ModelError",
      code: "unverified",
    });
    await using classifier = await createClassifier(unproven, { allowUnverified: true });
    expect(classifier.info.verified).toBe(false);
  });

  it("takes an unproven model without a seal when told so, and none whose seal is of something else", async () => {
    const bytes = buildTinyModel();
    const metadata = readModel(bytes, "m.onnx");
    const rewrite = (changes: object) =>
      writeMetadata(bytes, [[metadataKey, JSON.stringify({ ...metadata, ...changes })]]);
    await using bare = await createClassifier(rewrite({ seal: undefined }), { allowUnverified: true });
    expect(bare.info.verified).toBe(false);
    const swapped = rewrite({ labels: metadata.labels.toReversed() });
    await expect(createClassifier(swapped, { allowUnverified: true })).rejects.toMatchObject({
      code: "changed-after-export",
    });
  });

  it.each(["median", "", 7, null])("refuses to pool windows by %s", async (pooling) => {
    await using classifier = await createClassifier(buildTinyModel());
    // @ts-expect-error -- callers in JavaScript have no types
    const refused = classifier.classify(loud, { sampleRateHz, pooling });
    await expect(refused).rejects.toMatchObject({ name: "OptionError", code: "bad-option" });
    await expect(refused).rejects.toThrow(/^pooling: expected mean or max, got /);
  });

  it.each([
    ["text.wav", "AudioError", "bad-audio"],
    ["silent.wav", "AudioError", "bad-audio"],
    ["missing.wav", "SourceError", "unreadable"],
    [".", "SourceError", "unreadable"],
  ])("refuses %s with a %s", async (file, name, code) => {
    await using classifier = await createClassifier(buildTinyModel());
    const path = inFolder(file);
    const refused = classifier.classify(path);
    await expect(refused).rejects.toMatchObject({ name, code });
    await expect(refused).rejects.toThrow(`${path}: expected`);
  });

  it.each([undefined, null, 42, true])("refuses %s, which is no audio", async (audio) => {
    await using classifier = await createClassifier(buildTinyModel());
    // @ts-expect-error -- callers in JavaScript have no types
    const refused = classifier.classify(audio, { sampleRateHz });
    await expect(refused).rejects.toMatchObject({ name: "AudioError", code: "bad-audio" });
    await expect(refused).rejects.toThrow(
      "audio: expected samples, the bytes of a file, a path or an address",
    );
  });

  it.each([
    ["no rate", Float32Array.of(1), {}, "expected sampleRateHz in whole Hz from 1000 to 768000, got NaN"],
    [
      "0 Hz",
      Float32Array.of(1),
      { sampleRateHz: 0 },
      "expected sampleRateHz in whole Hz from 1000 to 768000, got 0",
    ],
    ["no samples", new Float32Array(), { sampleRateHz }, "expected at least one, got none"],
    ["NaN", Float32Array.of(0, NaN), { sampleRateHz }, "got NaN at sample 1"],
    ["infinity", Float32Array.of(0, Infinity), { sampleRateHz }, "got Infinity at sample 1"],
    ["one sample", Float32Array.of(0.5), { sampleRateHz }, "expected at least one frame of sound"],
    [
      "more seconds than are taken",
      loud,
      { sampleRateHz, maxSeconds: 0.25 },
      "expected at most 0.25 s (maxSeconds), got 1 s; classifyLong reads longer sound",
    ],
  ])("refuses samples with %s", async (_, samples, options, text) => {
    await using classifier = await createClassifier(buildTinyModel());
    const refused = classifier.classify(samples, options);
    await expect(refused).rejects.toMatchObject({ code: "bad-audio" });
    await expect(refused).rejects.toThrow(text);
  });

  it("refuses a graph that answers another number of classes than it has labels", async () => {
    const opening = createClassifier(buildTinyModel(createTinyMetadata({ labels: ["a", "b"] })));
    await expect(opening).rejects.toMatchObject({ code: "bad-graph" });
  });
});
