import { readFile } from "node:fs/promises";
import path from "node:path";
import * as tf from "@tensorflow/tfjs";
import * as z from "zod";
import { capList } from "../../common/cap-list.ts";
import { UserError } from "../../common/user-error.ts";
import { decodeText, recogniseFormat, recogniseModelJson } from "./recognise-file.ts";
import { findTopologyProblems } from "./check-topology.ts";
import { findShardProblems, manifestSchema, readShards } from "./saved-weights.ts";
import { describeError } from "../../common/describe-error.ts";

/** `tf.LayersModel.save` writes class_name and config; Keras's converter puts them into model_config. */
const topologySchema = z
  .looseObject({
    class_name: z.string().optional(),
    config: z.unknown().optional(),
    model_config: z.looseObject({ class_name: z.string(), config: z.unknown().optional() }).optional(),
  })
  .refine(
    (topology) => (topology.model_config ?? topology).class_name !== undefined,
    "expected class_name and config",
  );

const modelSchema = z.looseObject({
  format: z.string().optional(),
  modelTopology: topologySchema,
  weightsManifest: manifestSchema,
});

/**
 * Reads a model that `tf.LayersModel.save` or Keras's converter wrote: `model.json` and the weight files beside it.
 * Layers of one's own must have been registered with `tf.serialization.registerClass`.
 *
 *     const model = await readLayersModel("saved/model.json");
 *     await exportLayersModelToFiles(model, "model.onnx");
 *
 * @throws UserError that lists all that is wrong with the files
 */
export async function readLayersModel(file: string): Promise<tf.LayersModel> {
  const { modelTopology, weightsManifest } = parseModel(file, await readModelFile(file));
  const folder = path.dirname(file);
  const topology = modelTopology.model_config ?? modelTopology;
  failOn(`${file}: cannot be read`, [
    ...findTopologyProblems(topology.config),
    ...findFalseClaims(topology.config, weightsManifest),
    ...(await findShardProblems(folder, weightsManifest)),
  ]);
  const model = await loadModel(file, {
    modelTopology,
    weightSpecs: weightsManifest.flatMap(({ weights }) => weights).map(toSpec),
    weightData: await readShards(folder, weightsManifest),
  });
  const broken = findBrokenWeights(model);
  if (broken.length > 0) model.dispose();
  failOn(`${file}: cannot be read`, broken);
  return model;
}

async function readModelFile(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (error) {
    const isFolder = error instanceof Error && "code" in error && error.code === "EISDIR";
    const actual = isFolder ? "a folder; give the model.json in it" : "no readable file";
    throw new UserError(`${file}: expected a tf.layers model.json, got ${actual}`, { cause: error });
  }
}

/** The `format` entry is not asked for: many writers leave it out. */
function parseModel(file: string, bytes: Uint8Array): z.infer<typeof modelSchema> {
  const json = parseJson(file, bytes);
  const other = recogniseModelJson(json);
  if (other !== undefined) throw new UserError(`${file}: expected a tf.layers model, got ${other}`);
  const result = modelSchema.safeParse(json);
  if (result.success) return result.data;
  const problems = result.error.issues.map(
    ({ path: place, message }) => `${place.join(".") || "content"}: ${message}`,
  );
  return refuseFile(`${file}: expected a tf.layers model`, problems);
}

function parseJson(file: string, bytes: Uint8Array): unknown {
  const format = recogniseFormat(bytes);
  if (format !== undefined) throw new UserError(`${file}: expected a tf.layers model.json, got ${format}`);
  try {
    return JSON.parse(decodeText(bytes));
  } catch (error) {
    throw new UserError(`${file}: expected JSON, got ${bytes.length} bytes that are none`, { cause: error });
  }
}

/** The type of TF.js wants no `undefined` fields. */
function toSpec({
  name,
  shape,
  dtype,
  quantization,
}: z.infer<typeof manifestSchema>[number]["weights"][number]) {
  const plain = { name, shape, dtype };
  if (quantization === undefined) return plain;
  const { scale, min, original_dtype } = quantization;
  return {
    ...plain,
    quantization: {
      dtype: quantization.dtype,
      ...(scale !== undefined && { scale }),
      ...(min !== undefined && { min }),
      ...(original_dtype !== undefined && { original_dtype }),
    },
  };
}

async function loadModel(file: string, artifacts: tf.io.ModelArtifacts): Promise<tf.LayersModel> {
  try {
    return await tf.loadLayersModel(tf.io.fromMemory(artifacts));
  } catch (error) {
    const message = describeError(error);
    const [short = ""] = capList([message]);
    throw new UserError(`${file}: TF.js cannot build the model: ${short}`, { cause: error });
  }
}

function findBrokenWeights(model: tf.LayersModel): string[] {
  return model.weights.flatMap((variable) => {
    const bad = variable
      .read()
      .dataSync()
      .filter((value) => !Number.isFinite(value)).length;
    const shape = variable.shape.join(", ");
    return bad > 0
      ? [`${variable.originalName} [${shape}]: expected finite numbers, got ${bad} NaN or infinite`]
      : [];
  });
}

function failOn(title: string, problems: readonly string[]): void {
  if (problems.length > 0) refuseFile(title, problems);
}

function refuseFile(title: string, problems: readonly string[]): never {
  throw new UserError([title, ...capList(problems)].join("\n  "));
}

/** Sizes in a layer's config that some weight of the layer must have as a dimension, or a part of one. */
const claims = ["units", "filters", "input_dim", "inputDim", "output_dim", "outputDim"];

/** Elements of one input; a picture of 16,384 by 16,384 in colour has fewer. */
const maxInputElements = 2 ** 30;

/**
 * Layers that would be larger than the weights of the file, and inputs beyond reason: TF.js allocates what a config
 * says before it looks at the weights, so that a few bytes of text could ask for all memory.
 */
function findFalseClaims(topology: unknown, manifest: z.infer<typeof manifestSchema>): string[] {
  const largest = Math.max(1, ...manifest.flatMap(({ weights }) => weights.flatMap(({ shape }) => shape)));
  const problems: string[] = [];
  const visit = (value: unknown, owner: string): void => {
    if (Array.isArray(value)) for (const item of value) visit(item, owner);
    if (typeof value !== "object" || value === null || Array.isArray(value)) return;
    const name = "name" in value && typeof value.name === "string" ? value.name : owner;
    for (const [key, content] of Object.entries(value)) {
      if (claims.includes(key) && typeof content === "number" && content > largest)
        problems.push(`${name}: ${key} ${content}, where no weight is longer than ${largest}`);
      const shape = /^batch_?input_?shape$/i.test(key) ? shapeSchema.safeParse(content).data : undefined;
      const known = shape?.filter((size) => size !== null);
      const elements = known?.reduce((product, size) => product * size, 1);
      if (elements !== undefined && elements > maxInputElements)
        problems.push(`${name}: an input of ${elements} numbers`);
      visit(content, name);
    }
  };
  visit(topology, "model");
  return problems;
}

const shapeSchema = z.array(z.number().nullable());
