import { describe, expect, it } from "vitest";
import { describeHubFiles } from "../../../export/model-card/hub-files.ts";
import { writeModelCard } from "../../../export/model-card/write-model-card.ts";
import { createTinyMetadata, failedParity, tinyLabels } from "../../runtime/tiny-model.ts";

const facts = { name: "kitchen", data: "Kitchen | sounds", testFolds: [5] };

describe("writeModelCard", () => {
  it("says data, classes, scores, parity, limits and licence, with the Hub's front matter", () => {
    const card = writeModelCard(createTinyMetadata({ license: "MIT", parity: [failedParity] }), facts);
    expect(card).toMatch(/^---\nlicense: "mit"\npipeline_tag: audio-classification\n/);
    for (const label of tinyLabels) expect(card).toContain(label);
    expect(card).toContain("Kitchen \\| sounds"); // as text, wherever it stands
    expect(card).toContain("| testAccuracy | 1.0000 |");
    expect(card).toContain("Tested on fold 5, which took no part in training");
    expect(card).toContain("| cpu | 10 | 5.0e-1 | 100.0 % | failed |");
    expect(card).toContain("## Limits");
    expect(card).toContain("Licence: MIT. Author: not stated.");
  });

  it("carries the licences of the data, of a backbone inside, and of one that it learned from", () => {
    const origin = { name: "yamnet", sha256: "ab12", license: "Apache-2.0" };
    const card = writeModelCard(createTinyMetadata({ dataLicense: "CC-BY-4.0", teacher: origin }), facts);
    expect(card).toContain("Licence of the training data: CC-BY-4.0.");
    expect(card).toMatch(/learned from a backbone.*yamnet.*licence Apache-2.0, SHA-256 ab12/);
  });

  it("does not pass training scores off as honest ones, nor an absent licence as one", () => {
    const card = writeModelCard(createTinyMetadata(), { ...facts, testFolds: [] });
    expect(card).toContain(
      "No clip was kept for testing: measures on training clips say nothing about other sound",
    );
    expect(card).toContain("Licence: not stated by the exporter");
    expect(card).not.toMatch(/^license:/m);
  });
});

it("describeHubFiles refuses a model of features", () => {
  expect(() => describeHubFiles(createTinyMetadata({ input: "features" }), "")).toThrow(
    "--layout hub: expected --input samples, for transformers.js feeds samples, got features",
  );
});
