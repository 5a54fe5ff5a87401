import * as ort from "onnxruntime-node";
import { describe, expect, it } from "vitest";
import { exportLayersModel } from "../../export/export-layers-model.ts";
import { createNetwork } from "../../models/create-network.ts";
import { networkConfigSchema } from "../../models/network-config.ts";
import { toFloat16 } from "../../onnx/float16.ts";
import { GraphBuilder } from "../../onnx/graph-builder.ts";
import { createNormal, predict, randomiseWeights, runOnnx } from "./parity-harness.ts";

describe("toFloat16", () => {
  it("rounds as ONNX Runtime's Cast does, subnormals, ties and overflow included", async () => {
    const random = createNormal(1);
    const edges = [
      0,
      -0,
      1,
      65504,
      65520,
      1e9,
      -1e9,
      6e-8,
      2.9e-8,
      2.98e-8,
      6.1e-5,
      1 + 2 ** -11,
      1 + 3 * 2 ** -11,
    ];
    const drawn = Array.from({ length: 5000 }, (_, index) => random() * 10 ** ((index % 16) - 9));
    const values = Float32Array.from([...edges, ...drawn, Infinity, -Infinity]);
    const graph = new GraphBuilder();
    const x = graph.addInput("x", "float32", [values.length]);
    const cast = (name: string) => graph.addNode("Cast", [name], { to: 1 });
    graph.addOutput("theirs", cast(graph.addNode("Cast", [x], { to: 10 })), "float32", [values.length]);
    graph.addOutput("ours", cast(graph.addConstant("half", toFloat16(values), [values.length])), "float32", [
      values.length,
    ]);
    const session = await ort.InferenceSession.create(graph.build());
    const { ours, theirs } = await session.run({ x: new ort.Tensor("float32", values, [values.length]) });
    expect(ours?.data).toEqual(theirs?.data);
  });
});

describe("precision", () => {
  const network = createNetwork(networkConfigSchema.parse({ architecture: "cnn" }), 1);
  const random = createNormal(2);
  randomiseWeights(network, random);
  const shape = [8, 64, 96];
  const data = Float32Array.from({ length: 8 * 64 * 96 }, random);
  const full = exportLayersModel(network);

  it.each([
    ["fp16", 0.52, 0.005],
    ["int8", 0.27, 0.05],
  ] as const)("%s: at most %d of the bytes, the same classes", async (precision, share, tolerance) => {
    const bytes = exportLayersModel(network, { precision });
    expect(bytes.length / full.length).toBeLessThanOrEqual(share);
    const [answer] = await runOnnx(bytes, network, [data], [shape]);
    const [truth] = predict(network, [data], [shape]);
    const actual = Array.from(answer?.data ?? []);
    const expected = Array.from(truth?.data ?? []);
    const spread = Math.max(...expected) - Math.min(...expected);
    const largest = Math.max(...expected.map((value, index) => Math.abs(value - (actual[index] ?? NaN))));
    expect(largest / spread).toBeLessThanOrEqual(tolerance);
    const classOf = (logits: number[], clip: number): number => {
      const own = logits.slice(clip * 10, clip * 10 + 10);
      return own.indexOf(Math.max(...own));
    };
    for (let clip = 0; clip < 8; clip++) expect(classOf(actual, clip)).toBe(classOf(expected, clip));
  });
});
