import * as ort from "onnxruntime-node";
import { describe, expect, it } from "vitest";
import { toFloat16 } from "../../onnx/float16.ts";
import { GraphBuilder } from "../../onnx/graph-builder.ts";
import { createNormal } from "../export/parity-harness.ts";

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
