import { readFileSync } from "node:fs";
import path from "node:path";
import fc from "fast-check";
import * as ort from "onnxruntime-node";
import { expect, it } from "vitest";
import { splitModel } from "../../../onnx/rewrite/split-model.ts";
import { readFields } from "../../../onnx/wire-format.ts";

const model = readFileSync(path.resolve(import.meta.dirname, "../../../pretrained/esc10.onnx"));
const dimensions = ["batch", "frames", 96] as const;

/** The tensor that the network's first own node takes. */
const findMelPower: Parameters<typeof splitModel>[1] = (nodes) =>
  nodes.find(({ outputs }) => outputs[0] === "input/level/mean")?.inputs[0];

function split() {
  const halves = splitModel(model, findMelPower, dimensions);
  if (halves === undefined) throw new Error("the model cannot be cut");
  return halves;
}

async function run(session: ort.InferenceSession, values: Float32Array, shape: readonly number[]) {
  const [input = ""] = session.inputNames;
  return session.run({ [input]: new ort.Tensor("float32", values, shape) });
}

it("gives two halves that answer as the whole does", async () => {
  const { before, after } = split();
  const [whole, first, second] = await Promise.all(
    [model, before, after].map((bytes) => ort.InferenceSession.create(bytes)),
  );
  if (!whole || !first || !second) throw new Error("no session");
  expect(second.outputNames).toEqual(whole.outputNames);
  const sounds = fc.record({
    clips: fc.integer({ min: 1, max: 3 }),
    samples: fc.integer({ min: 30_000, max: 90_000 }),
    seed: fc.integer({ min: 1, max: 1000 }),
  });
  await fc.assert(
    fc.asyncProperty(sounds, async ({ clips, samples, seed }) => {
      const sound = Float32Array.from({ length: clips * samples }, (_, index) =>
        Math.sin(index * index * seed),
      );
      const expected = await run(whole, sound, [clips, samples]);
      const [power] = Object.values(await run(first, sound, [clips, samples]));
      if (!(power?.data instanceof Float32Array)) throw new Error("no mel power");
      const answer = await run(second, power.data, power.dims);
      expect(answer.logits?.data).toEqual(expected.logits?.data);
    }),
    { numRuns: 8 },
  );
});

it("leaves the other half's weights out", () => {
  const { before, after } = split();
  expect(before.length + after.length).toBeLessThan(model.length * 1.02);
});

it("does not cut where the answer needs more than the tensor, or there is none", () => {
  const late: typeof findMelPower = (nodes) =>
    nodes.find(({ outputs }) => outputs[0] === "probabilities/Softmax")?.outputs[0];
  expect(splitModel(model, () => undefined, dimensions)).toBeUndefined();
  const halves = splitModel(model, late, dimensions); // the logits come from before
  expect(halves).toBeUndefined();
});

it("says what is no model", () => {
  expect(() => splitModel(new TextEncoder().encode("no model"), findMelPower, dimensions)).toThrow(
    "expected an ONNX model",
  );
  expect(readFields(split().after).length).toBeGreaterThan(2);
});
