import * as tf from "@tensorflow/tfjs";
import type { GraphBuilder } from "../../onnx/graph-builder.ts";
import { unsupportedReasons } from "./unsupported.ts";
import { ExportGraph } from "../graph/export-graph.ts";
import { readLayer } from "../graph/read-layer.ts";
import { findConverter } from "./registry.ts";
import { type UnsupportedLayer, UnsupportedLayerError } from "../graph/unsupported-layer-error.ts";
import type { Dims, Value } from "../graph/value.ts";

/** A model's graph on a builder. */
export interface ConvertedModel {
  readonly outputs: readonly Value[];
  /** Every layer's (first) output by its name, nested ones as `outer/inner`. */
  readonly layers: ReadonlyMap<string, Value>;
}

/**
 * Adds the nodes of `model` to `builder`, fed by `inputs` in the order of `model.inputs`.
 * @throws UnsupportedLayerError that lists every layer of the model without an ONNX form
 */
export function convertModel(
  builder: GraphBuilder,
  model: tf.LayersModel,
  inputs: readonly Value[],
): ConvertedModel {
  const unsupported: UnsupportedLayer[] = [];
  const layers = new Map<string, Value>();

  const convertLayer = (
    layer: tf.layers.Layer,
    values: readonly Value[],
    outputDims: readonly Dims[],
  ): Value[] => {
    if (layer instanceof tf.LayersModel) return convertContainer(layer, values);
    try {
      const converter = findConverter(layer.getClassName());
      if (converter === undefined) throw new UnsupportedLayerError([describeUnknown(layer)]);
      return converter.convert(graph, values, readLayer(layer, outputDims));
    } catch (error) {
      if (!(error instanceof UnsupportedLayerError)) throw error;
      unsupported.push(
        ...error.layers.filter((one) => !unsupported.some((other) => other.name === one.name)),
      );
      // A stand-in, so that the walk goes on and finds the other layers; nothing is built of it.
      return outputDims.map((dims) => ({
        name: "",
        layout: "as-in-tfjs",
        dims,
        elementType: "float32",
        masked: false,
      }));
    }
  };

  const convertContainer = (container: tf.LayersModel, values: readonly Value[]): Value[] => {
    buildSequential(container);
    const known = new Map(container.inputs.map((input, index) => [input.id, expectAt(values, index)]));
    const makers = new Map<number, Maker>();
    for (const node of sortNodes(container)) {
      const layer = node.outboundLayer;
      if (layer.getClassName() === "InputLayer") continue;
      const given = node.inputTensors.map((tensor) =>
        repairDims(layer, expectValue(known, tensor), makers.get(tensor.id)),
      );
      const outputs = graph.enter(layer.name, () => {
        const dims = node.outputTensors.map((tensor) => [...tensor.shape]);
        const converted = convertLayer(layer, given, dims);
        const [first] = converted;
        if (first !== undefined && !layers.has(graph.path)) layers.set(graph.path, first);
        return converted;
      });
      node.outputTensors.forEach((tensor, index) => {
        known.set(tensor.id, expectAt(outputs, index));
        makers.set(tensor.id, { layer, inputs: given });
      });
    }
    return container.outputs.map((output) => expectValue(known, output));
  };

  const graph = new ExportGraph(builder, convertLayer);
  const outputs = convertContainer(model, inputs);
  if (unsupported.length > 0) throw new UnsupportedLayerError(unsupported);
  return { outputs, layers };
}

/** The layer that made a tensor, and of what. */
interface Maker {
  readonly layer: tf.layers.Layer;
  readonly inputs: readonly Value[];
}

/** These overwrite the shape of their input when they work out that of their output (a fault of tfjs-layers 4.22). */
const shapeSpoilers = ["CenterCrop", "CategoryEncoding"];

function repairDims(layer: tf.layers.Layer, value: Value, maker: Maker | undefined): Value {
  if (!shapeSpoilers.includes(layer.getClassName()) || maker === undefined) return value;
  const shapes = maker.inputs.map(({ dims }) => [...dims]);
  const [only] = shapes;
  const computed = maker.layer.computeOutputShape(shapes.length === 1 && only !== undefined ? only : shapes);
  const dims = computed.flatMap((size) => (Array.isArray(size) ? [] : [size]));
  return dims.length === value.dims.length ? { ...value, dims } : value;
}

/** A Sequential has its graph only once it is built, at the latest by the first prediction. */
function buildSequential(container: tf.LayersModel): void {
  const [input] = container.inputs;
  if (!container.built && input !== undefined) container.build(input.shape);
}

/** Deepest first, so that each node comes after those that feed it. */
function sortNodes(container: tf.LayersModel) {
  return Object.entries(container.nodesByDepth)
    .sort(([one], [other]) => Number(other) - Number(one))
    .flatMap(([, nodes]) => nodes);
}

function describeUnknown(layer: tf.layers.Layer): UnsupportedLayer {
  const className = layer.getClassName();
  const reason =
    unsupportedReasons[className] ?? `no converter; registerConverter("${className}", ...) adds one`;
  return { name: layer.name, className, reason };
}

function expectValue(known: ReadonlyMap<number, Value>, tensor: tf.SymbolicTensor): Value {
  const value = known.get(tensor.id);
  if (value === undefined) throw new Error(`${tensor.name}: nothing in the model computes it`);
  return value;
}

function expectAt(values: readonly Value[], index: number): Value {
  const value = values[index];
  if (value === undefined) throw new Error(`expected at least ${index + 1} values, got ${values.length}`);
  return value;
}
