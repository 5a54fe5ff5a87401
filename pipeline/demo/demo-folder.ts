import { mkdir, mkdtemp, readFile, realpath, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { hashGraph } from "../../onnx/read-metadata.ts";
import { type Classifier, createClassifier, type NodeSource } from "../../runtime/node.ts";
import { buildSampleInputs } from "../../runtime/parity/parity-inputs.ts";
import type { DemoFile } from "../../web-demo/model/demo-file.ts";
import { cacheFolder } from "../program-folders.ts";
import { pickSamples } from "./demo-samples.ts";

const demoFolder = path.join(cacheFolder, "demo");

/**
 * Puts together what the page needs beside itself: `model.onnx`, a sample of each class, and `demo.json` with the
 * logits that onnxruntime-node gives for them and for the edge inputs.
 * @returns the folder, whole, whatever else runs
 * @throws ModelError when the model is refused: the page would refuse it too
 */
export async function prepareDemo(modelPath: string, demoRoot = demoFolder): Promise<string> {
  const bytes = await readFile(modelPath);
  await using classifier = await createClassifier({ name: modelPath, bytes });
  const graphHash = hashGraph(bytes);
  const folder = path.join(demoRoot, graphHash.slice(0, 16));
  await mkdir(demoRoot, { recursive: true });
  const temporary = await mkdtemp(`${folder}.tmp-`);
  try {
    await writeFile(path.join(temporary, "model.onnx"), bytes);
    const { samples, note } = await pickSamples(classifier, modelPath);
    await mkdir(path.join(temporary, "samples"));
    const demo: DemoFile = {
      model: await nameModel(modelPath),
      graphHash,
      reference: await answerEdgeInputs(classifier),
      samples: [],
      samplesNote: note,
    };
    for (const { label, fileName, content, credit } of samples) {
      const file = `samples/${fileName}`;
      await writeFile(path.join(temporary, file), content);
      demo.samples.push({ label, file, logits: await readLogits(classifier, content), credit });
    }
    await writeFile(path.join(temporary, "demo.json"), JSON.stringify(demo));
    await rm(folder, { recursive: true, force: true });
    await rename(temporary, folder);
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
  return path.resolve(folder);
}

/** The run's name for `runs/<name>/model.onnx`, else the file's. */
async function nameModel(modelPath: string): Promise<string> {
  const name = path.basename(modelPath, ".onnx");
  return name === "model" ? path.basename(path.dirname(await realpath(modelPath))) : name;
}

/** Those that hold one clip; the page makes the same ones. */
async function answerEdgeInputs(classifier: Classifier<NodeSource>): Promise<DemoFile["reference"]> {
  const inputs = buildSampleInputs([], classifier.info.features).filter(({ shape }) => shape[0] === 1);
  const answers: DemoFile["reference"] = [];
  for (const { name, values } of inputs) answers.push({ name, logits: await readLogits(classifier, values) });
  return answers;
}

/** Logits in the order of the labels. */
async function readLogits(
  classifier: Classifier<NodeSource>,
  audio: Uint8Array | Float32Array,
): Promise<number[]> {
  const answer = await classifier.classify(audio, { sampleRateHz: classifier.info.sampleRateHz });
  return [...answer].sort((one, other) => one.index - other.index).map(({ logit }) => logit);
}
