import * as tf from "@tensorflow/tfjs";
import { describe, expect, it } from "vitest";
import { row, sequence } from "./converters/layer-cases.ts";
import { expectParity } from "./parity-harness.ts";

const { layers } = tf;

describe("a wide range of opsets", () => {
  it.each([13, 14, 16, 18, 19, 20, 21])("opset %i", async (opset) => {
    await expectParity(layers.activation({ activation: "gelu" }), { ...row, opset });
    await expectParity(layers.activation({ activation: "mish" }), { ...row, opset });
    await expectParity(layers.globalMaxPooling1d(), { ...sequence, opset });
    await expectParity(layers.layerNormalization(), { ...sequence, opset });
    await expectParity(layers.softmax({ axis: [1, 2] }), { ...sequence, opset });
    await expectParity(layers.lstm({ units: 3 }), { ...sequence, opset });
  });

  it.each([12, 22, 17.5])("refuses %d", async (opset) => {
    await expect(expectParity(layers.reLU(), { ...row, opset })).rejects.toThrow(
      `opset: expected an integer from 13 to 21, got ${opset}`,
    );
  });
});
