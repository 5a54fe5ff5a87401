import * as z from "zod";
import { at } from "../../../common/at.ts";
import { type Converter, defineGeneralConverter } from "../../graph/converter.ts";
import type { ExportGraph } from "../../graph/export-graph.ts";
import { type LayerCall, makeOutput, readConfig, takeFirst } from "../../graph/layer-call.ts";
import type { Value } from "../../graph/value.ts";
import { type RecurrentCell, readCells } from "./cell.ts";
import { addReversed } from "./masked-sequence.ts";
import { addOperator, pickDirection, swapBatchAndTime } from "./operator.ts";
import { addRecurrence, type RecurrentConfig, recurrentSchema, refuseStateful } from "./recurrence.ts";
import { takeInnerLayer } from "./wrapped-layer.ts";

/** SimpleRNN, GRU, LSTM or RNN in both directions; as one operator where nothing speaks against it. */
export const Bidirectional: Converter = defineGeneralConverter({
  operators: "RNN, GRU, LSTM, bidirectional",
  limits: "as RNN",
  config: z.object({ mergeMode: z.enum(["concat", "sum", "mul", "ave"]).nullish() }),
  integers: "cast",
  convert: (graph, inputs, layer) => {
    const x = takeFirst(inputs, layer);
    const forward = takeInnerLayer(layer, "forwardLayer");
    const backward = takeInnerLayer(layer, "backwardLayer");
    const config = readConfig(recurrentSchema, layer, forward.getConfig());
    refuseStateful(layer, config);
    const states = inputs.slice(1).map(({ name }) => name);
    const half = states.length / 2;
    const both: BothDirections = {
      cells: [readCells(layer, forward), readCells(layer, backward)],
      initialStates: [states.slice(0, half), states.slice(half)],
      config,
    };
    const isOneOperator =
      layer.mask === null && !config.goBackwards && both.cells.every(({ length }) => length === 1);
    const { outputs, lastStates } = isOneOperator
      ? addTogether(graph, layer, x, both)
      : addApart(graph, layer, x, both);
    const merged = addMerged(graph, outputs, layer.config.mergeMode ?? null);
    const names = config.returnState ? [...merged, ...lastStates] : merged;
    return names.map((name, index) => makeOutput(layer, name, "as-in-tfjs", { index }));
  },
  convertMask: (_graph, inputs, layer) => {
    const { returnSequences } = readConfig(
      recurrentSchema,
      layer,
      takeInnerLayer(layer, "forwardLayer").getConfig(),
    );
    return returnSequences ? takeFirst(inputs, layer).mask : null;
  },
});

interface BothDirections {
  readonly cells: readonly [forward: RecurrentCell[], backward: RecurrentCell[]];
  readonly initialStates: readonly [forward: string[], backward: string[]];
  /** Of the forward layer. */
  readonly config: RecurrentConfig;
}

interface BothOutputs {
  readonly outputs: readonly [forward: string, backward: string];
  /** Forward, then backward. */
  readonly lastStates: readonly string[];
}

function addTogether(graph: ExportGraph, layer: LayerCall, x: Value, both: BothDirections): BothOutputs {
  const { sequence, states } = addOperator(
    graph,
    layer,
    both.cells.flat(),
    swapBatchAndTime(graph, graph.toTfjsLayout(x)),
    { role: "", direction: "bidirectional", initialStates: both.initialStates },
  );
  // [frames, 2, batch, units]; ONNX has the backward outputs in the order of time, as Bidirectional wants them.
  const take = (direction: number): string =>
    both.config.returnSequences
      ? swapBatchAndTime(graph, graph.addNode("Gather", [sequence, graph.addInt(direction)], { axis: 1 }))
      : pickDirection(graph, at(states, 0), direction, 2);
  return {
    outputs: [take(0), take(1)],
    lastStates: [0, 1].flatMap((direction) =>
      states.map((state) => pickDirection(graph, state, direction, 2)),
    ),
  };
}

/** As TF.js: each layer by itself, then the backward one's outputs in the order of time. */
function addApart(graph: ExportGraph, layer: LayerCall, x: Value, both: BothDirections): BothOutputs {
  const { returnSequences, goBackwards } = both.config;
  const [forwardCells, backwardCells] = both.cells;
  const [forwardStates, backwardStates] = both.initialStates;
  const forward = addRecurrence(graph, layer, forwardCells, x, {
    role: "forward/",
    goBackwards,
    initialStates: forwardStates,
  });
  const backward = addRecurrence(graph, layer, backwardCells, x, {
    role: "backward/",
    goBackwards: !goBackwards,
    initialStates: backwardStates,
  });
  return {
    outputs: returnSequences
      ? [forward.addSequence(), addReversed(graph, backward.addSequence(), 1)]
      : [at(forward.states, 0), at(backward.states, 0)],
    lastStates: [...forward.states, ...backward.states],
  };
}

function addMerged(
  graph: ExportGraph,
  both: readonly [string, string],
  mode: "concat" | "sum" | "mul" | "ave" | null,
): string[] {
  switch (mode) {
    case null:
      return [...both];
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
