import { readFile } from "node:fs/promises";
import test from "node:test";
import { createClassifier, createOrtScorer, openScorer, verifyParity } from "earshot";
import * as ort from "onnxruntime-web";

// The page computes with WebAssembly, this script with ONNX Runtime for Node: both must give the same answers.
test("WebAssembly answers as Node does", async () => {
  const model = "public/model.onnx";
  const classifier = await createClassifier(model);
  const { sampleRateHz } = classifier.info;
  await classifier.dispose();

  const samples = Float32Array.from(
    { length: 2 * sampleRateHz },
    (_, index) => 0.3 * Math.sin(index * index * 1e-5),
  );
  const inputs = [{ name: "rising tone", values: samples, shape: [1, samples.length] }];
  const session = await ort.InferenceSession.create(await readFile(model));
  await verifyParity(await openScorer(model), createOrtScorer(session, ort), inputs, 1e-3);
});
