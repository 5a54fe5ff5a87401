import { anyConfigSchema } from "../../graph/config-schemas.ts";
import { type Converter, defineConverter } from "../../graph/converter.ts";
import type { ExportGraph } from "../../graph/export-graph.ts";
import { type LayerCall, makeOutput, refuse } from "../../graph/layer-call.ts";
import type { Dims, Value } from "../../graph/value.ts";
import { takeInnerLayer } from "./wrapped-layer.ts";

/** Inner layers that treat every step alike whatever the rank. */
const stepwise = ["Dense", "Activation", "Dropout"];

/** Layers to which TF.js would apply the mask of the whole sequence at every step. */
const maskReaders = [
  "SimpleRNN",
  "GRU",
  "LSTM",
  "RNN",
  "Bidirectional",
  "Softmax",
  "Sequential",
  "Functional",
  "Model",
];

/** The inner layer over [batch * time, ...]: at inference it treats every sample by itself. */
export const TimeDistributed: Converter = defineConverter({
  operators: "Reshape and the inner layer's; Dense and Activation need no Reshape",
  config: anyConfigSchema,
  integers: "keep",
  convert: (graph, x, layer) => {
    const child = takeInnerLayer(layer, "layer");
    const className = child.getClassName();
    if (layer.mask !== null && maskReaders.includes(className))
      refuse(
        layer,
        `no mask before an inner ${className}`,
        "one, which TF.js applies to every step as a whole",
      );
    if (stepwise.includes(className)) {
      return graph.enter(child.name, () => takeOnly(layer, graph.convertLayer(child, [x], null)));
    }
    const whole = graph.toTfjsLayout(x);
    const shape = graph.addNode("Shape", [whole]);
    const sampleDims: Dims = [null, ...x.dims.slice(2)];
    const flat = addReshape(graph, whole, sampleDims, () => [
      graph.addInts([-1]),
      addSlice(graph, shape, 2, x.dims.length),
    ]);
    const sample: Value = { ...x, name: flat, layout: "as-in-tfjs", dims: sampleDims, mask: null };
    const y = graph.enter(child.name, () => takeOnly(layer, graph.convertLayer(child, [sample], null)));
    const result = graph.toTfjsLayout(y);
    // Batch and time as they were, the rest as the inner layer left it.
    const resultShape = graph.addNode("Shape", [result]);
    const target = graph.addNode(
      "Concat",
      [addSlice(graph, shape, 0, 2), addSlice(graph, resultShape, 1, y.dims.length)],
      { axis: 0 },
    );
    const name = graph.addNode("Reshape", [result, target]);
    return makeOutput(layer, name, "as-in-tfjs", { elementType: y.elementType });
  },
});

/** By a list where all axes but the first are known, else by what `makeParts` reads from the shape. */
function addReshape(graph: ExportGraph, x: string, dims: Dims, makeParts: () => string[]): string {
  const known = dims.slice(1).filter((size) => size !== null);
  const target =
    known.length === dims.length - 1
      ? graph.addInts([-1, ...known])
      : graph.addNode("Concat", makeParts(), { axis: 0 });
  return graph.addNode("Reshape", [x, target]);
}

function addSlice(graph: ExportGraph, list: string, start: number, end: number): string {
  return graph.addNode("Slice", [list, graph.addInts([start]), graph.addInts([end])]);
}

function takeOnly(layer: LayerCall, values: readonly Value[]): Value {
  const [value] = values;
  if (value === undefined || values.length > 1)
    refuse(layer, "an inner layer of one output", `${values.length}`);
  return value;
}
