import * as ort from "onnxruntime-node";
import { expect, it } from "vitest";
import { renameInput } from "../../../onnx/rewrite/rename-input.ts";
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
