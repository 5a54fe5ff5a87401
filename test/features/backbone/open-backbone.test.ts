import { readFile } from "node:fs/promises";
import * as ort from "onnxruntime-node";
import { describe, expect, it } from "vitest";
import { type BackboneOptions, openBackbone } from "../../../features/backbone/open-backbone.ts";
import { buildTinyBackbone } from "./tiny-backbone.ts";

const open = (bytes: Uint8Array, options: BackboneOptions = { sampleRateHz: 8000 }) =>
  openBackbone(bytes, "models/tiny.onnx", options, ort);

describe("openBackbone", () => {
  it("reads what goes in, and finds out what is given by running the file", async () => {
    expect(await open(buildTinyBackbone())).toMatchObject({
      name: "tiny",
      sampleRateHz: 8000,
      windowSamples: 64,
      windowHopSamples: 32,
      input: { name: "waveform", dims: [1, 64] },
      output: { name: "embedding" },
      dimensions: 5,
      embeddingsPerWindow: 1,
    });
  });

  it("takes the output that is called an embedding, of several", async () => {
    const { output } = await open(buildTinyBackbone({ outputs: ["scores", "embedding"] }));
    expect(output.name).toBe("embedding");
  });

  it("takes the length that is said where the file leaves it open", async () => {
    const { windowSamples } = await open(buildTinyBackbone({ dims: ["batch", "samples"] }), {
      sampleRateHz: 8000,
      windowSamples: 64,
    });
    expect(windowSamples).toBe(64);
  });

  it("takes the rate, the clip's length and the embedding of a model of ours", async () => {
    const bytes = await readFile("pretrained/esc10.onnx");
    expect(await open(bytes, {})).toMatchObject({
      sampleRateHz: 44_100,
      windowSamples: 220_500,
      input: { name: "samples", dims: [1, 220_500] },
      dimensions: 512,
    });
    await expect(open(bytes, { sampleRateHz: 16_000 })).rejects.toThrow("expected --backbone-rate 44100");
  });

  const text = new TextEncoder().encode("this is not a model at all");
  it.each([
    ["what is not ONNX", () => text, {}, "models/tiny.onnx: expected an ONNX model, got"],
    ["an unknown rate", buildTinyBackbone, {}, "say it by --backbone-rate"],
    [
      "an unknown window",
      () => buildTinyBackbone({ dims: [1, "samples"] }),
      { sampleRateHz: 8000 },
      "say it by --backbone-window",
    ],
    [
      "another window than the file's",
      buildTinyBackbone,
      { sampleRateHz: 8000, windowSamples: 80 },
      "expected --backbone-window 64, as its input is, got 80",
    ],
    [
      "another rate than that of the known one which it looks like",
      () => buildTinyBackbone({ windowSamples: 15_600, dimensions: 128 }),
      { sampleRateHz: 44_100 },
      "expected --backbone-rate 16000, for it looks like vggish, got 44100",
    ],
    [
      "several outputs",
      () => buildTinyBackbone({ outputs: ["first", "second"] }),
      { sampleRateHz: 8000 },
      "got first [1, 5], second [1, 5]; say it by --backbone-output",
    ],
    [
      "an output that is not there",
      buildTinyBackbone,
      { sampleRateHz: 8000, output: "other" },
      "expected --backbone-output to be one of embedding [1, 5], got other",
    ],
    [
      "features in place of samples",
      () => buildTinyBackbone({ dims: [1, 96, 64] }),
      { sampleRateHz: 8000 },
      "expected a backbone that takes samples, got the input waveform [1, 96, 64]",
    ],
    [
      "NaN",
      () => buildTinyBackbone({ operator: "Log" }),
      { sampleRateHz: 8000 },
      "expected finite numbers from embedding, got NaN or infinity for noise",
    ],
    [
      "an operator that ONNX Runtime does not have",
      () => buildTinyBackbone({ operator: "Unknown" }),
      { sampleRateHz: 8000 },
      "expected a backbone that ONNX Runtime opens, got:",
    ],
    [
      "an old operator set",
      () => buildTinyBackbone({ opset: 10 }),
      { sampleRateHz: 8000 },
      "expected a backbone of opset 12 or newer, got 10",
    ],
  ] as const)("refuses %s in one line", async (_, build, options, message) => {
    const refusal = await open(build(), options).then(
      () => "accepted",
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    );
    expect(refusal).toContain(message);
    expect(refusal).not.toContain("\n");
    expect(refusal.length).toBeLessThanOrEqual(400);
  });
});
