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

/** What callers in plain JavaScript give: any value where audio is expected. */
function untyped(value: unknown): Float32Array {
  // @ts-expect-error -- that is the point
  return value;
}

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

  it.each<readonly [audio: string, value: unknown, got: string]>([
    ["no object", undefined, "got undefined"],
    ["nothing", null, "got null"],
    ["a number", 7, "got the number 7"],
    ["empty text", "", "got empty text"],
    ["an empty object", {}, "got an empty object"],
    ["samples without a rate", { samples: loud }, "got samples without sampleRateHz"],
    ["samples with a rate in text", { samples: loud, sampleRateHz: "8000" }, "is text of 4 characters"],
    ["samples that are bytes", { samples: Buffer.alloc(8), sampleRateHz }, "got samples that are Uint8Array"],
    ["bare samples without a rate", loud, "expected { sampleRateHz } beside bare samples, got no rate"],
    ["an array of text", ["a"], "an array that holds other things than numbers"],
  ])("refuses %s in every call, in one line", async (_, value, got) => {
    await using classifier = await createClassifier(buildTinyModel());
    const calls = [
      async () => await classifier.classify(untyped(value)),
      async () => await classifier.embed(untyped(value)),
      async () => await classifier.classifyLong(untyped(value)).next(),
    ];
    for (const call of calls) {
      const message = await call().then(() => "taken", String);
      expect(message).toMatch(/^AudioError: (audio|samples): expected .{1,300}$/);
      expect(message).toContain(got);
    }
  });

  it("refuses options and thresholds that are something else", async () => {
    await using classifier = await createClassifier(buildTinyModel());
    // @ts-expect-error -- callers in JavaScript have no types
    await expect(classifier.classify(loud, null)).rejects.toThrow("options: expected an object, got null");
    // @ts-expect-error -- likewise
    const refused = classifier.classify(loud, { sampleRateHz, thresholds: "high" });
    await expect(refused).rejects.toThrow("thresholds: expected a number from 0 to 1, or one for each label");
    // @ts-expect-error -- likewise
    await expect(classifier.stream().push({})).rejects.toThrow(
      "stream: expected a Float32Array, got an empty",
    );
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

  it.each([
    [
      "a rate that is no number",
      Float32Array.of(1),
      { sampleRateHz: NaN },
      "expected sampleRateHz in whole Hz from 1000 to 768000, got NaN",
    ],
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
