import type * as tf from "@tensorflow/tfjs";
import { at } from "../common/at.ts";
import { UserError } from "../common/user-error.ts";
import { checkModel } from "../onnx/check/check-model.ts";
import type { ElementType } from "../onnx/element-types.ts";
import type { Dimension, Model } from "../onnx/graph.ts";
import { countDataBytes, maxFileBytes } from "../onnx/external-data.ts";
import { GraphBuilder } from "../onnx/graph-builder.ts";
import { writeModel } from "../onnx/write-model.ts";
import { observeRanges } from "./precision/calibrate.ts";
import { buildSequential, convertModel } from "./converters/convert-model.ts";
import { exposeLayers } from "./expose-layers.ts";
import { checkOpset } from "./graph/opset.ts";
import { optimise } from "./passes/index.ts";
import { lowerPrecision, type PrecisionOptions } from "./precision/precision.ts";
import type { Dims, Value } from "./graph/value.ts";

/**
 * What `exportLayersModel` takes.
 *
 *     exportLayersModel(model, { opset: 18, precision: "fp16", metadata: [["author", "Ada Lovelace"]] });
 */
export interface ExportOptions extends PrecisionOptions {
  /** ONNX operator set, 13 to 21. Default 17. */
  readonly opset?: number;
  /** Adds every layer's output as a graph output under the layer's name, so that a failed parity can be bisected. */
  readonly exposeLayers?: boolean;
  /** Adds outputs from which `measureRanges` learns what `precision: "int8"` needs. */
  readonly observeRanges?: boolean;
  /** Entries for `metadata_props`. */
  readonly metadata?: Iterable<readonly [string, string]>;
}

/**
 * Writes any tf.layers model, sequential or functional, as ONNX. Inputs and outputs keep their layers' names; batch
 * and all other axes that are null stay dynamic.
 *
 *     await writeFile("model.onnx", exportLayersModel(model));
 *
 * @throws UnsupportedLayerError that lists every layer that has no ONNX form, each with its reason
 * @throws UserError for an opset outside 13 to 21; RangeError for a model over 2 GB
 */
export function exportLayersModel(model: tf.LayersModel, options: ExportOptions = {}): Uint8Array {
  const built = buildLayersModel(model, options);
  const bytes = countDataBytes(built);
  if (bytes > maxFileBytes)
    throw new RangeError(
      `${model.name}: expected less than 2 GB, which is all one file holds, got ${bytes} bytes of weights; ` +
        "exportLayersModelToFiles writes them into a second file",
    );
  return writeModel(built);
}

/** As `exportLayersModel`, but gives the graph in memory. */
export function buildLayersModel(model: tf.LayersModel, options: ExportOptions = {}): Model {
  const opset = checkOpset(options.opset);
  const builder = new GraphBuilder({ name: model.name, opset });
  buildSequential(model); // its names are empty before
  const inputs = model.inputs.map((input, index) =>
    addModelInput(builder, at(model.inputNames, index), input, model.inputs.length === 1),
  );
  const { outputs, layers } = convertModel(builder, model, inputs);
  const names = nameOutputs(model);
  outputs.forEach((value, index) => {
    const name = at(names, index);
    const tfjsValue = toTfjsLayout(builder, value);
    builder.addOutput(name, tfjsValue, value.elementType, nameDims(value.dims, name));
  });
  for (const [key, value] of options.metadata ?? []) builder.setMetadata(key, value);
  const optimised = optimise(builder.toModel());
  const exposed = options.exposeLayers === true ? exposeLayers(optimised, layers) : optimised;
  const lowered = lowerPrecision(
    exposed,
    exposed.inputs.map(({ name }) => name),
    options,
  );
  const finished = options.observeRanges === true ? observeRanges(lowered) : lowered;
  checkModel(finished);
  return finished;
}

function addModelInput(
  builder: GraphBuilder,
  name: string,
  input: tf.SymbolicTensor,
  isOnly: boolean,
): Value {
  const elementType = readElementType(input);
  const dims = input.shape;
  builder.addInput(
    name,
    elementType,
    nameDims(dims, name, isOnly && dims.length === 3 ? "frames" : undefined),
  );
  return { name, layout: "as-in-tfjs", dims, elementType, mask: null };
}

function readElementType({ dtype, name }: tf.SymbolicTensor): ElementType {
  if (dtype === "float32" || dtype === "int32" || dtype === "bool") return dtype;
  throw new UserError(`input ${name}: expected float32, int32 or bool, got ${dtype}`);
}

/** Null becomes a name: `batch` for the first axis, `frames` for the time axis of an only sequence. */
function nameDims(dims: Dims, owner: string, timeAxis = `${owner}_axis1`): Dimension[] {
  return dims.map((size, axis) => {
    if (size !== null) return size;
    if (axis === 0) return "batch";
    return axis === 1 ? timeAxis : `${owner}_axis${axis}`;
  });
}

/** The outputs' layer names; one that is an input's or was given before gets a number. */
function nameOutputs(model: tf.LayersModel): string[] {
  const taken = new Set(model.inputNames);
  return model.outputNames.map((wished) => {
    let name = wished;
    for (let count = 2; taken.has(name); count++) name = `${wished}_${count}`;
    taken.add(name);
    return name;
  });
}

function toTfjsLayout(builder: GraphBuilder, value: Value): string {
  const rank = value.dims.length;
  if (value.layout === "as-in-tfjs" || rank < 3) return value.name;
  const spatial = Array.from({ length: rank - 2 }, (_, index) => index + 2);
  return builder.addNode(
    "Transpose",
    [value.name],
    { perm: [0, ...spatial, 1] },
    { name: `${value.name}/out` },
  );
}
