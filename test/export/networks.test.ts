import { describe, expect, it } from "vitest";
import { buildLayersModel } from "../../export/export-layers-model.ts";
import { createNetwork } from "../../models/create-network.ts";
import { networkConfigSchema } from "../../models/network-config.ts";
import { countParameters } from "../../onnx/graph.ts";
import { expectModelParity } from "./parity-harness.ts";

describe("the CNN", () => {
  const network = createNetwork(networkConfigSchema.parse({ architecture: "cnn" }), 1);

  it("holds exactly its 641,034 numbers, one Transpose and no BatchNormalization", () => {
    const model = buildLayersModel(network);
    expect(countParameters(model)).toBe(641_034);
    const operators = model.nodes.map(({ opType }) => opType);
    expect(operators).toEqual([
      ...["Transpose", "Conv", "Relu", "MaxPool", "Conv", "Relu", "MaxPool", "Conv", "Relu", "MaxPool"],
      ...["Conv", "Relu", "Conv", "Relu", "ReduceMean", "ReduceMax", "Concat", "Gemm"],
    ]);
  });

  it.each([
    [1, 214],
    [7, 128],
    [2, 9],
  ])("answers as TF.js, %i clips of %i frames", async (clips, frames) => {
    await expectModelParity(network, [[clips, frames, 96]], { absoluteTolerance: 1e-4 });
  });
});

describe.each([1, 2, 4])("the CNN-Transformer with %i heads", (heads) => {
  const network = createNetwork(networkConfigSchema.parse({ architecture: "cnn-transformer", heads }), 1);

  it("holds exactly its 3,272,714 numbers, and nothing else as initialisers", () => {
    const model = buildLayersModel(network);
    expect(countParameters(model)).toBe(3_272_714);
    const stored = model.constants.reduce((sum, { data }) => sum + data.length, 0);
    expect(stored).toBe(3_272_714);
    const operators = model.nodes.map(({ opType }) => opType);
    expect(operators).not.toContain("Identity");
    expect(operators.filter((operator) => operator === "LayerNormalization")).toHaveLength(6);
  });

  it("answers as TF.js", async () => {
    await expectModelParity(network, [[2, 64, 96]], { absoluteTolerance: 1e-4 });
  });
});
