import * as tf from "@tensorflow/tfjs";
import { at } from "../../common/at.ts";
import type { GraphBuilder } from "../../onnx/graph-builder.ts";
import { ExportGraph } from "../graph/export-graph.ts";
import { type LayerCall, readLayer, refuse } from "../graph/layer-call.ts";
import { type UnsupportedLayer, UnsupportedLayerError } from "../graph/unsupported-layer-error.ts";
import type { Dims, Mask, Value } from "../graph/value.ts";
import { converters, findConverter, unsupportedReasons } from "./registry.ts";
import { describeError } from "../../common/describe-error.ts";

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
  const isMasked = hasMaskMaker(model);
  const unsupported = new Map<tf.layers.Layer, readonly UnsupportedLayer[]>();
  const layers = new Map<string, Value>();

  /** @param declaredDims of its outputs, for a stand-in when the layer cannot be converted */
  const convertLayer = (
    layer: tf.layers.Layer,
    values: readonly Value[],
    callArguments: CallArguments,
    declaredDims: readonly Dims[],
  ): Value[] => {
    if (layer instanceof tf.LayersModel) return convertContainer(layer, values, callArguments);
    try {
      const converter = findConverter(layer.getClassName());
      if (converter === undefined) throw new UnsupportedLayerError([describeUnknown(layer)]);
      const call = readLayer(layer, computeOutputDims(layer, values), callArguments.mask);
      checkSizes(call, values);
      const outputs = converter.convert(graph, values, call);
      const mask = layer.supportsMasking ? convertMask(call, values) : null;
      return outputs.map((output) => ({ ...output, mask }));
    } catch (error) {
      if (!(error instanceof UnsupportedLayerError)) throw error;
      unsupported.set(layer, error.layers);
      // A stand-in, so that the walk goes on and finds the other layers; nothing is built of it.
      return declaredDims.map((dims) => ({
        name: "",
        layout: "as-in-tfjs",
        dims,
        elementType: "float32",
        mask: null,
      }));
    }
  };

  const convertMask = (call: LayerCall, values: readonly Value[]): Mask | null => {
    const converter = findConverter(call.className);
    if (converter?.convertMask === undefined) return values[0]?.mask ?? null;
    return converter.convertMask(graph, values, call);
  };

  const convertContainer = (
    container: tf.LayersModel,
    values: readonly Value[],
    given: CallArguments | undefined,
  ): Value[] => {
    buildSequential(container);
    let callArguments = given;
    const known = new Map<number, Value>();
    container.inputs.forEach((input, index) => known.set(input.id, { ...at(values, index), mask: null }));
    for (const node of listNodes(container, isMasked)) {
      const layer = node.outboundLayer;
      const taken = node.inputTensors.map((tensor) => expectValue(known, tensor));
      const masks = taken.map(({ mask }) => mask);
      if (masks.some((mask) => mask !== null)) {
        callArguments ??= { mask: null };
        callArguments.mask = at(masks, 0);
      }
      const outputs = graph.enter(layer.name, () => {
        const declaredDims = node.outputTensors.map(({ shape }) => shape);
        const converted = convertLayer(layer, taken, callArguments ?? { mask: null }, declaredDims);
        const [first] = converted;
        if (first !== undefined && !layers.has(graph.path)) layers.set(graph.path, first);
        return converted;
      });
      node.outputTensors.forEach((tensor, index) => known.set(tensor.id, at(outputs, index)));
    }
    return container.outputs.map((output) => expectValue(known, output));
  };

  const graph = new ExportGraph(builder, (layer, values, mask) =>
    convertLayer(layer, values, { mask }, [at(values, 0).dims]),
  );
  const outputs = convertContainer(model, inputs, undefined);
  if (unsupported.size > 0) throw new UnsupportedLayerError([...unsupported.values()].flat());
  return { outputs, layers };
}

/**
 * What TF.js's executor passes to each layer's call (tfjs-layers 4.22, `execute`). It sets `mask` before a layer with
 * a masked input and never takes it back, so that layers after it see the mask of an earlier one; a nested model
 * writes into the object that it was given. The same here: the graph is to answer as TF.js does.
 */
interface CallArguments {
  mask: Mask | null;
}

/**
 * What the layer's output has by TF.js's own rules, from the shapes that really come: TF.js's stored ones are wrong
 * after a Concatenate along a negative axis, and CenterCrop and CategoryEncoding overwrite those of their input.
 */
function computeOutputDims(layer: tf.layers.Layer, inputs: readonly Value[]): Dims[] {
  const shapes = inputs.map(({ dims }) => [...dims]);
  try {
    const computed = layer.computeOutputShape(shapes.length === 1 ? at(shapes, 0) : shapes);
    return isListOfShapes(computed) ? computed : [computed];
  } catch (error) {
    const reason = `TF.js fails: ${describeError(error)}`;
    throw new UnsupportedLayerError([{ name: layer.name, className: layer.getClassName(), reason }]);
  }
}

/** Sizes that the layer was built for: TF.js refuses others, but only when the model runs. */
function checkSizes(call: LayerCall, inputs: readonly Value[]): void {
  const specs = readSpecs(call.layer);
  inputs.forEach(({ dims }, index) => {
    for (const [axis, size] of Object.entries(specs[index]?.axes ?? {})) {
      const actual = dims.at(Number(axis)) ?? null;
      if (actual !== null && actual !== size)
        refuse(call, `${size} numbers along axis ${axis}`, `${actual}, on which TF.js fails`);
    }
  });
}

/** Against its type, TF.js has null where a layer asks for nothing, and axes may be missing. */
function readSpecs({ inputSpec }: { readonly inputSpec: readonly Partial<tf.InputSpec>[] | null }) {
  return inputSpec ?? [];
}

function isListOfShapes(shape: tf.Shape | tf.Shape[]): shape is tf.Shape[] {
  return Array.isArray(shape[0]);
}

/** A Sequential has its graph only once it is built, at the latest by the first prediction. */
export function buildSequential(container: tf.LayersModel): void {
  const [input] = container.inputs;
  if (!container.built && input !== undefined) container.build(input.shape);
}

type Nodes = tf.layers.Layer["inboundNodes"];

/** Each node after those that feed it: deepest first, which reads best, and as TF.js runs them where masks ask for it. */
function listNodes(container: tf.LayersModel, isMasked: boolean): Nodes {
  if (isMasked) return listInRunningOrder(container);
  return Object.entries(container.nodesByDepth)
    .sort(([one], [other]) => Number(other) - Number(one))
    .flatMap(([, nodes]) => nodes)
    .filter(({ outboundLayer }) => outboundLayer.getClassName() !== "InputLayer");
}

/** Whether some layer of the model, nested ones too, may make a mask. */
function hasMaskMaker(container: tf.LayersModel): boolean {
  return container.layers.some((layer) => {
    if (layer instanceof tf.LayersModel) return hasMaskMaker(layer);
    const className = layer.getClassName();
    return (
      layer.supportsMasking && (["Masking", "Embedding"].includes(className) || !(className in converters))
    );
  });
}

/**
 * Depth first from each output, the last input first (tfjs-layers 4.22, `getTopologicalSortAndRecipientCounts`): which
 * mask a layer sees depends on it.
 */
function listInRunningOrder(container: tf.LayersModel): Nodes {
  const nodes = new Set<Nodes[number]>();
  const visited = new Set(container.inputs.map(({ id }) => id));
  for (const output of container.outputs) {
    const stack = [{ tensor: output, areInputsDone: false }];
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const { tensor } = top;
      if (visited.has(tensor.id)) stack.pop();
      else if (top.areInputsDone) {
        stack.pop();
        visited.add(tensor.id);
        nodes.add(at(tensor.sourceLayer.inboundNodes, tensor.nodeIndex));
      } else {
        top.areInputsDone = true;
        for (const input of tensor.inputs) {
          if (!visited.has(input.id)) stack.push({ tensor: input, areInputsDone: false });
        }
      }
    }
  }
  return [...nodes];
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
