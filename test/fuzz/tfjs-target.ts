import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import * as tf from "@tensorflow/tfjs";
import fc from "fast-check";
import { at } from "../../common/at.ts";
import type { Random } from "../../common/random.ts";
import { UserError } from "../../common/user-error.ts";
import { exportLayersModel } from "../../export/export-layers-model.ts";
import { readLayersModel } from "../../export/saved-model/read-layers-model.ts";
import { countElements, createNormal, predict, randomiseWeights, runOnnx } from "../export/parity-harness.ts";
import { buildRandomModel, modelPlan } from "../export/random/random-model.ts";
import { checkRefusal, fault, type FuzzFile, type FuzzOutcome, type FuzzTarget } from "./fuzz-target.ts";
import { mutateBytes, mutateJson } from "./mutate-bytes.ts";

/** A model as `tf.LayersModel.save` leaves it. */
interface SavedModel {
  readonly json: string;
  readonly weights: Uint8Array;
  /** What a dynamic axis of the inputs had when the layers were chosen, so that their windows fit into it. */
  readonly openSize: number;
  /** Whether it is as TF.js wrote it: then it must export, and answer alike. */
  readonly isWhole: boolean;
}

/** Of the largest answer: a random network amplifies rounding, a changed one without bound. */
const tolerances = { whole: 1e-4, changed: 1e-2 };
/** Largest input that a changed model may ask for. */
const maxInputElements = 2 ** 20;
/** Largest weight of a changed model that is compared: a saturated activation hides what overflows before it. */
const maxWeight = 1e6;
/** Largest window, step or size that TF.js is asked to compute. */
const maxSize = 2 ** 16;

/**
 * Random models of the layers that TF.js has, saved, half of them with a changed `model.json` or changed weights. Each
 * is exported and answers in ONNX Runtime as in TF.js; a changed one may be refused with a UserError of short lines.
 */
export const tfjsTarget: FuzzTarget<SavedModel> = {
  maxMs: 60_000,
  maxMegabytes: 2500,
  loadSeeds: () => Promise.resolve([{ json: "", weights: new Uint8Array(), openSize: 1, isWhole: true }]),
  mutate(_, random) {
    const saved = saveRandomModel(random);
    if (random.integer(2) === 0) return saved;
    if (random.integer(3) === 0)
      return { ...saved, isWhole: false, weights: mutateBytes(saved.weights, random) };
    return { ...saved, isWhole: false, json: mutateJson(saved.json, random) ?? "" };
  },
  async run(saved, random) {
    const folder = await mkdtemp(path.join(tmpdir(), "earshot-fuzz-"));
    const backend = tf.engine();
    backend.startScope();
    try {
      for (const file of listFiles(saved)) await writeFile(path.join(folder, file.path), file.bytes);
      return await exportAndCompare(path.join(folder, "model.json"), saved, random);
    } finally {
      backend.endScope();
      tf.disposeVariables();
      await rm(folder, { recursive: true, force: true });
    }
  },
  writeFiles: listFiles,
};

function saveRandomModel(random: Random): SavedModel {
  const [plan] = fc.sample(modelPlan, { seed: random.integer(2 ** 31), numRuns: 1 });
  if (plan === undefined) throw new Error("expected a plan, got none");
  const { model } = buildRandomModel(plan);
  randomiseWeights(model, createNormal(plan.seed));
  const weights = model.weights.map((variable) => {
    const tensor = variable.read();
    return {
      name: variable.originalName,
      shape: tensor.shape,
      dtype: tensor.dtype,
      values: Float32Array.from(tensor.dataSync()),
    };
  });
  const modelTopology: unknown = model.toJSON(null, false);
  const specs = weights.map(({ name, shape, dtype }) => ({ name, shape, dtype }));
  const json = JSON.stringify({
    format: "layers-model",
    modelTopology,
    weightsManifest: [{ paths: ["weights.bin"], weights: specs }],
  });
  tf.disposeVariables();
  const bytes = Buffer.concat(weights.map(({ values }) => toBytes(values)));
  return { json, weights: bytes, openSize: at(plan.shape, 0), isWhole: true };
}

function toBytes({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

function listFiles({ json, weights }: SavedModel): FuzzFile[] {
  return [
    { path: "model.json", bytes: new TextEncoder().encode(json) },
    { path: "weights.bin", bytes: weights },
  ];
}

async function exportAndCompare(
  file: string,
  { json, isWhole, openSize }: SavedModel,
  random: Random,
): Promise<FuzzOutcome> {
  let model: tf.LayersModel;
  let bytes: Uint8Array;
  try {
    model = await readLayersModel(file);
    bytes = exportLayersModel(model);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    if (isWhole) return fault(`refused a model as TF.js saved it: ${error.message.slice(0, 150)}`);
    return checkLines(error.message);
  }
  const shapes = chooseShapes(model, openSize);
  if (shapes === undefined) return { kind: "accepted" };
  const normal = createNormal(random.integer(2 ** 31));
  const arrays = shapes.map((shape) => Float32Array.from({ length: countElements(shape) }, normal));
  if (!isWhole && model.weights.some(isHuge)) return { kind: "accepted" }; // sums of such depend on their order
  if (!isWhole && hasHugeSize(json)) return { kind: "accepted" }; // TF.js would walk for minutes over what is not there
  if (!isWhole && hasMovedAxis(model)) return { kind: "accepted" };
  let expected: ReturnType<typeof predict>;
  try {
    expected = predict(model, arrays, shapes);
  } catch (error) {
    if (!isWhole) return { kind: "accepted" }; // TF.js fails on it, whatever the file says
    throw error;
  }
  const actual = await runOnnx(bytes, model, arrays, shapes);
  const tolerance = isWhole ? tolerances.whole : tolerances.changed;
  for (const [index, { data, dims }] of expected.entries()) {
    const other = at(actual, index);
    if (other.dims.join() !== dims.join())
      return fault(`output ${index}: [${dims.join()}], got [${other.dims.join()}]`);
    const largest = Array.from(data).reduce((most, value) => Math.max(most, Math.abs(value)), 1);
    if (!isWhole && !(largest < 1e6)) continue; // overflows, in another order each
    const worst = Array.from(data).reduce(
      (most, value, place) => Math.max(most, Math.abs(value - (other.data[place] ?? NaN))),
      0,
    );
    if (!(worst <= tolerance * largest)) return fault(`output ${index}: differs by ${worst} of ${largest}`);
  }
  return { kind: "accepted" };
}

function isHuge(variable: tf.LayerVariable): boolean {
  return variable
    .read()
    .dataSync()
    .some((value) => !(Math.abs(value) < maxWeight));
}

/** Such as a window of 2^31, which a changed model may have. */
function hasHugeSize(json: string): boolean {
  let isFound = false;
  JSON.parse(json, (_, value: unknown) => {
    isFound ||= Number.isInteger(value) && Math.abs(Number(value)) > maxSize;
    return value;
  });
  return isFound;
}

/** TF.js 4.22's CPU backend takes the statistics of a BatchNormalization as if its axis were the last. */
function hasMovedAxis({ layers }: tf.LayersModel): boolean {
  return layers.some((layer) =>
    layer instanceof tf.LayersModel
      ? hasMovedAxis(layer)
      : layer.getClassName() === "BatchNormalization" && layer.getConfig().axis !== -1,
  );
}

/** The first line has the file as its subject. */
function checkLines(message: string): FuzzOutcome {
  const verdicts = message.split("\n").map((line) => checkRefusal(line, ""));
  return verdicts.find(({ kind }) => kind === "fault") ?? { kind: "refused" };
}

/** @returns undefined for a model that takes more than fits here */
function chooseShapes(model: tf.LayersModel, openSize: number): number[][] | undefined {
  const shapes = model.inputs.map(({ shape }) =>
    shape.map((size, axis) => size ?? (axis === 0 ? 2 : openSize)),
  );
  return shapes.every((shape) => countElements(shape) <= maxInputElements) ? shapes : undefined;
}
