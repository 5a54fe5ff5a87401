import type * as tf from "@tensorflow/tfjs";
import * as z from "zod";
import { anyConfigSchema } from "../graph/config-schemas.ts";
import {
  type Converter,
  defineConverter,
  defineGeneralConverter,
  type LayerCall,
  makeOutput,
  refuse,
} from "../graph/converter.ts";
import type { ExportGraph } from "../graph/export-graph.ts";
import type { Dims, Value } from "../graph/value.ts";
import { takeFirst } from "./merge.ts";
import {
  addBatchMajor,
  addRun,
  addTimeMajor,
  checkRecurrence,
  pickDirection,
  recurrentSchema,
  type Run,
} from "./recurrent.ts";
import { isLayer, readCells } from "./recurrent-cell.ts";

/** Both directions of SimpleRNN, GRU or LSTM as one operator. */
export const convertBidirectional: Converter = defineGeneralConverter({
  operators: "RNN, GRU, LSTM, bidirectional",
  limits: "as RNN; no stacked cells inside",
  config: z.object({ mergeMode: z.enum(["concat", "sum", "mul", "ave"]).nullish() }),
  convert: (graph, inputs, layer) => {
    const x = takeFirst(inputs, layer);
    const forward = readChild(layer, "forwardLayer");
    const backward = readChild(layer, "backwardLayer");
    const config = recurrentSchema.parse(forward.getConfig());
    checkRecurrence(x, { ...layer, config });
    if (config.goBackwards) refuse(layer, "goBackwards: false inside", "goBackwards: true");
    const cells = [...readCells(layer, forward), ...readCells(layer, backward)];
    if (cells.length !== 2) refuse(layer, "one cell in each direction", `${cells.length} in both`);
    const states = inputs.slice(1).map(({ name }) => name);
    const half = states.length / 2;
    const run = addRun(graph, layer, cells, addTimeMajor(graph, x), {
      direction: "bidirectional",
      initialStates: [states.slice(0, half), states.slice(half)],
    });
    const outputs = addMerged(graph, run, config.returnSequences, layer.config.mergeMode ?? null);
    const lastStates = [0, 1].flatMap((direction) =>
      run.states.map((state) => pickDirection(graph, state, direction, 2)),
    );
    const names = config.returnState ? [...outputs, ...lastStates] : outputs;
    return names.map((name, index) => makeOutput(layer, name, "as-in-tfjs", { index }));
  },
});

type MergeMode = "concat" | "sum" | "mul" | "ave" | null;

function addMerged(graph: ExportGraph, run: Run, isSequence: boolean, mode: MergeMode): string[] {
  const take = (direction: number): string => {
    if (!isSequence) return pickDirection(graph, run.states[0] ?? "", direction, 2);
    // [frames, 2, batch, units]; ONNX has the backward outputs in the order of time, as Bidirectional wants them.
    return addBatchMajor(
      graph,
      graph.addNode("Gather", [run.sequence, graph.addInt(direction)], { axis: 1 }),
    );
  };
  if (mode === "concat" && isSequence) {
    const joined = graph.addNode("Transpose", [run.sequence], { perm: [2, 0, 1, 3] });
    return [graph.addNode("Reshape", [joined, graph.addInts([0, 0, -1])])];
  }
  const both = [take(0), take(1)];
  switch (mode) {
    case null:
      return both;
    case "concat":
      return [graph.addNode("Concat", both, { axis: -1 })];
    case "mul":
      return [graph.addNode("Mul", both)];
    case "sum":
      return [graph.addNode("Add", both)];
    case "ave":
      return [graph.addNode("Mul", [graph.addNode("Add", both), graph.addScalar(0.5)])];
  }
}

/** The inner layer over [batch * time, ...]: at inference it treats every sample by itself. */
export const convertTimeDistributed: Converter = defineConverter({
  operators: "Reshape and the inner layer's; Dense and Activation need no Reshape",
  config: anyConfigSchema,
  convert: (graph, x, layer) => {
    const child = readChild(layer, "layer");
    const [outputDims = []] = layer.outputDims;
    if (["Dense", "Activation", "Dropout"].includes(child.getClassName())) {
      return graph.enter(child.name, () => takeOnly(graph.convertLayer(child, [x], [outputDims])));
    }
    const whole = graph.toTfjsLayout(x);
    const shape = graph.addNode("Shape", [whole]);
    const sampleDims: Dims = [null, ...x.dims.slice(2)];
    const flat = addReshape(graph, whole, sampleDims, () => [
      graph.addInts([-1]),
      addSlice(graph, shape, 2, x.dims.length),
    ]);
    const sample: Value = { ...x, name: flat, layout: "as-in-tfjs", dims: sampleDims };
    const y = graph.enter(child.name, () =>
      takeOnly(graph.convertLayer(child, [sample], [[null, ...outputDims.slice(2)]])),
    );
    const result = graph.toTfjsLayout(y);
    // Batch and time as they were, the rest as the inner layer left it.
    const resultShape = graph.addNode("Shape", [result]);
    const target = graph.addNode(
      "Concat",
      [addSlice(graph, shape, 0, 2), addSlice(graph, resultShape, 1, y.dims.length)],
      { axis: 0 },
    );
    return makeOutput(layer, graph.addNode("Reshape", [result, target]), "as-in-tfjs");
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

function takeOnly(values: readonly Value[]): Value {
  const [value] = values;
  if (value === undefined) throw new Error("a layer without output");
  return value;
}

function readChild(layer: LayerCall, property: "layer" | "forwardLayer" | "backwardLayer"): tf.layers.Layer {
  const child: unknown = Reflect.get(layer.layer, property);
  if (!isLayer(child)) throw new Error(`${layer.name} (${layer.className}): expected a layer in ${property}`);
  return child;
}
