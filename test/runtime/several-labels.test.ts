import { describe, expect, it } from "vitest";
import * as z from "zod";
import { metadataKey } from "../../features/model-metadata.ts";
import { readMetadata, writeMetadata } from "../../onnx/read-metadata.ts";
import { createClassifier } from "../../runtime/node.ts";
import { compareAnswers } from "../../runtime/parity/compare-answers.ts";
import { buildTinyModel, createTinyMetadata, makeLevel, tinyFeatures } from "./tiny-model.ts";

const several = createTinyMetadata({ format: 3, labelling: "several" });
/** Logits 1.5, 1 and -1.5. */
const soft = {
  samples: makeLevel(0.05, Math.round(tinyFeatures.clipSeconds * tinyFeatures.sampleRateHz)),
  sampleRateHz: tinyFeatures.sampleRateHz,
};

describe("a model whose sounds may have several classes", () => {
  it("names every class from a half on, each with its own probability", async () => {
    await using classifier = await createClassifier(buildTinyModel(several));
    const answer = await classifier.classify(soft);
    expect(answer.named.map(({ label }) => label)).toEqual(["quiet", "middle, ü"]);
    for (const { probability, logit } of answer)
      expect(probability).toBeCloseTo(1 / (1 + Math.exp(-logit)), 9);
    expect(answer.best).toBe(answer[0]);
    const none = await classifier.classify(soft, { thresholds: 0.9 });
    expect(none).toMatchObject({ best: undefined, named: [], rejected: true });
  });

  it("has as its best the most probable class that is named, which need not be the most probable one", async () => {
    const thresholds = { goal: "best F1", rejection: 0.5, classes: [0.9, 0.7, 0.5] };
    await using classifier = await createClassifier(buildTinyModel({ ...several, thresholds }));
    const { named, best, rejected, ...answer } = await classifier.classify(soft);
    expect(named.map(({ label }) => label)).toEqual(["middle, ü"]);
    expect([best?.label, answer[0].label, rejected]).toEqual(["middle, ü", "quiet", false]);
  });

  it("lists all that are named in a timeline, and divides by its temperature", async () => {
    await using classifier = await createClassifier(buildTinyModel({ ...several, temperature: 2 }));
    for await (const entry of classifier.classifyLong(soft)) {
      expect(entry).toMatchObject({ label: "quiet", named: ["quiet", "middle, ü"], rejected: false });
      expect(entry.confidence).toBeCloseTo(1 / (1 + Math.exp(-1.5 / 2)), 6);
    }
  });

  it("is refused where another labelling was written into it", async () => {
    const bytes = buildTinyModel(several);
    const entries = readMetadata(bytes);
    const content = z.looseObject({}).parse(JSON.parse(entries.get(metadataKey) ?? ""));
    const described = JSON.stringify({ ...content, labelling: undefined });
    const changed = writeMetadata(bytes, entries.set(metadataKey, described));
    await expect(createClassifier(changed)).rejects.toMatchObject({ code: "changed-after-export" });
  });

  it("agrees in parity where the same classes are named, whichever is the most probable", () => {
    const compare = (other: readonly number[], cuts?: readonly number[]): boolean =>
      compareAnswers({ name: "x", shape: [1] }, Float32Array.of(1, 2, -1), Float32Array.from(other), cuts)
        .topClassAgrees;
    expect(compare([2, 1, -1], [0, 0, 0])).toBe(true);
    expect(compare([1, 2, 0.5], [0, 0, 0])).toBe(false);
    expect(compare([1, 2, 0.5], [0, 0, 1])).toBe(true);
    expect(compare([2, 1, -1])).toBe(false);
    expect(compare([NaN, 2, -1], [0, 0, 0])).toBe(false);
  });
});
