import { expect, it } from "vitest";
import { writeExternalModel } from "../../onnx/external-data.ts";
import { GraphBuilder } from "../../onnx/graph-builder.ts";

it("lays large tensors on pages of a second file, as views of the data itself", () => {
  const graph = new GraphBuilder();
  const x = graph.addInput("x", "float32", [3]);
  const tensors = [300, 2, 500].map((length) => new Float32Array(length).fill(length));
  tensors.forEach((data, index) => graph.addParameter(`w${index}`, data, [data.length]));
  graph.addOutput("y", graph.addNode("Add", [x, x]), "float32", [3]);
  const { model, pieces, dataBytes } = writeExternalModel(graph.toModel(), "weights.data", 1000);
  expect(dataBytes).toBe(4096 + 2000);
  expect(model.length).toBeLessThan(500);
  const list = [...pieces];
  expect(list.map(({ length }) => length)).toEqual([1200, 2896, 2000]);
  expect(list[2]?.buffer).toBe(tensors[2]?.buffer); // not a copy: a model of many GB is in memory once
});

it("keeps what a file of more than 2 GB would need apart, without touching it", () => {
  const graph = new GraphBuilder();
  const x = graph.addInput("x", "float32", [1]);
  graph.addOutput("y", graph.addNode("Add", [x, x]), "float32", [1]);
  const shared = new Float32Array(2 ** 20);
  const constants = Array.from({ length: 1000 }, (_, index) => ({
    ...({ name: `w${index}`, elementType: "float32", dims: [shared.length], isParameter: true } as const),
    data: shared,
  }));
  const { model, dataBytes } = writeExternalModel({ ...graph.toModel(), constants }, "weights.data");
  expect(dataBytes).toBe(1000 * 2 ** 22);
  expect(model.length).toBeLessThan(200_000);
});
