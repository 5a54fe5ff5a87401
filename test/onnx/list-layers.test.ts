import onnxProto from "onnx-proto";
import { expect, it } from "vitest";
import { exportTrainedModel } from "../../export/export-trained-model.ts";
import { defaultFeatureConfig } from "../../features/feature-config.ts";
import { createNetwork } from "../../models/create-network.ts";
import { networkConfigSchema } from "../../models/network-config.ts";
import { listLayers } from "../../onnx/list-layers.ts";
import { OnnxFormatError } from "../../onnx/wire-format.ts";

const { onnx } = onnxProto;

function exportUntrained(architecture: "cnn" | "cnn-transformer"): Uint8Array {
  const bands = Array.from({ length: defaultFeatureConfig.melBands }, () => 1);
  const trained = {
    model: createNetwork(networkConfigSchema.parse({ architecture }), 0),
    labels: Array.from({ length: 10 }, (_, index) => `class ${index}`),
    features: defaultFeatureConfig,
    standardisation: { mean: bands, deviation: bands },
  };
  return exportTrainedModel(trained, {
    input: "samples",
    metadata: { program: "test", network: architecture },
  }).bytes;
}

it.each([
  ["cnn", 641_034],
  ["cnn-transformer", 3_272_714],
] as const)(
  "finds every node and the parameters of the %s, as onnx-proto reads them",
  (architecture, parameters) => {
    const bytes = exportUntrained(architecture);
    const layers = listLayers(bytes);
    const { graph } = onnx.ModelProto.decode(bytes);
    expect(layers.reduce((sum, { nodes }) => sum + nodes, 0)).toBe(graph?.node?.length);
    const shapes = new Map(
      graph?.initializer?.map(({ name, dims }) => [name, (dims ?? []).map(Number)] as const) ?? [],
    );
    for (const { weights } of layers)
      for (const { name, shape } of weights) expect(shape, name).toEqual(shapes.get(name));
    const network = layers.filter(({ name }) => !["", "fit", "input"].includes(name));
    expect(network.reduce((sum, { numbers }) => sum + numbers, 0)).toBe(parameters);
    expect(network[0]).toMatchObject({ name: "conv1", operators: ["Conv"], numbers: 61_568 });
  },
);

it("refuses what is no model", () => {
  expect(() => listLayers(new TextEncoder().encode("no model at all"))).toThrow(OnnxFormatError);
});
