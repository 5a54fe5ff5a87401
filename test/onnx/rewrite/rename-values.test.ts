import * as ort from "onnxruntime-node";
import { expect, it } from "vitest";
import { divideOutput, renameInput } from "../../../onnx/rewrite/rename-values.ts";
import { GraphBuilder } from "../../../onnx/graph-builder.ts";
import { readMetadata } from "../../../onnx/read-metadata.ts";
import { buildTinyModel, makeLevel } from "../../runtime/tiny-model.ts";

const model = buildTinyModel();

async function score(bytes: Uint8Array, inputName: string): Promise<unknown> {
  const session = await ort.InferenceSession.create(bytes);
  expect(session.inputNames).toEqual([inputName]);
  const samples = new ort.Tensor("float32", makeLevel(0.3, 500), [1, 500]);
  return (await session.run({ [inputName]: samples })).logits?.data;
}

it("gives the input another name, and the same answers to the bit", async () => {
  const renamed = renameInput(model, "samples", "input_values");
  expect(await score(renamed, "input_values")).toEqual(await score(model, "samples"));
  expect(readMetadata(renamed)).toEqual(readMetadata(model));
  expect([...renameInput(renamed, "input_values", "samples")]).toEqual([...model]);
});

it("refuses a model without such an input", () => {
  expect(() => renameInput(model, "waveform", "input_values")).toThrow("0 inputs named waveform");
});

it("divides an output, and the others stay to the bit", async () => {
  const graph = new GraphBuilder();
  const x = graph.addInput("x", "float32", ["batch", 2]);
  const logits = graph.addNode("Add", [x, x]);
  graph.addOutput("logits", logits, "float32", ["batch", 2]);
  graph.addOutput("probabilities", graph.addNode("Softmax", [logits]), "float32", ["batch", 2]);
  const before = graph.build();
  const run = async (bytes: Uint8Array) => {
    const session = await ort.InferenceSession.create(bytes);
    expect(session.outputNames).toEqual(["logits", "probabilities"]);
    return await session.run({ x: new ort.Tensor("float32", Float32Array.of(1, -3), [1, 2]) });
  };
  const [whole, divided] = [await run(before), await run(divideOutput(before, "logits", 4))];
  expect(divided.logits?.data).toEqual(Float32Array.of(0.5, -1.5));
  expect(divided.probabilities?.data).toEqual(whole.probabilities?.data);
  expect(() => divideOutput(before, "x", 4)).toThrow("0 nodes with an output x");
});
