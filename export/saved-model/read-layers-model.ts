import { readFile } from "node:fs/promises";
import path from "node:path";
import * as tf from "@tensorflow/tfjs";
import * as z from "zod";
import { UserError } from "../../common/user-error.ts";
import { findFalseClaims } from "./check-claims.ts";
import { findTopologyProblems } from "./check-topology.ts";
import { findShardProblems, manifestSchema, readShards } from "./saved-weights.ts";

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
 * @throws UserError that lists all that is wrong with the files
 */
export async function readLayersModel(file: string): Promise<tf.LayersModel> {
  const { modelTopology, weightsManifest } = parseModel(file, await readText(file));
  const folder = path.dirname(file);
  const topology = modelTopology.model_config ?? modelTopology;
  failOn(file, [
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
  failOn(file, broken);
  return model;
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    throw new UserError(`${file}: expected a tf.layers model.json, got no readable file`, { cause: error });
  }
}

function parseModel(file: string, text: string): z.infer<typeof modelSchema> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new UserError(`${file}: expected JSON, got ${text.length} characters that are none`, {
      cause: error,
    });
  }
  const format: unknown =
    typeof json === "object" && json !== null && "format" in json ? json.format : undefined;
  if (format === "graph-model") {
    throw new UserError(`${file}: expected a layers model, got a graph model, which has no layers to export`);
  }
  const result = modelSchema.safeParse(json);
  if (result.success) return result.data;
  const problems = result.error.issues.map(
    ({ path: place, message }) => `${place.join(".") || "content"}: ${message}`,
  );
  throw new UserError(`${file}: expected a tf.layers model\n  ${problems.join("\n  ")}`);
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
    const message = error instanceof Error ? error.message : String(error);
    throw new UserError(`${file}: TF.js cannot build the model: ${message}`, { cause: error });
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

function failOn(file: string, problems: readonly string[]): void {
  if (problems.length > 0) throw new UserError(`${file}: cannot be read\n  ${problems.join("\n  ")}`);
}
