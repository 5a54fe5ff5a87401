import * as z from "zod";
import { type Attribute, floats } from "../../onnx/attributes.ts";
import {
  type Converter,
  defineGeneralConverter,
  type LayerCall,
  makeOutput,
  refuse,
} from "../graph/converter.ts";
import type { ExportGraph } from "../graph/export-graph.ts";
import type { Value } from "../graph/value.ts";
import type { Weight } from "../graph/weight.ts";
import { takeFirst } from "./merge.ts";
import { readCells, type RecurrentCell } from "./recurrent-cell.ts";

export const recurrentSchema = z.object({
  returnSequences: z.boolean(),
  returnState: z.boolean(),
  goBackwards: z.boolean(),
  stateful: z.boolean().nullish(),
});

/** SimpleRNN, GRU, LSTM, and RNN around one of their cells or several stacked ones: a native operator for each cell. */
export const convertRecurrent: Converter = defineGeneralConverter({
  operators: "RNN, GRU, LSTM",
  limits: "no masks; not stateful; activations that ONNX's recurrent operators have",
  config: recurrentSchema,
  convert: (graph, inputs, layer) => {
    const x = takeFirst(inputs, layer);
    const { returnSequences, returnState, goBackwards } = layer.config;
    checkRecurrence(x, layer);
    const cells = readCells(layer, layer.layer);
    let sequence = addTimeMajor(graph, x);
    const runs: Run[] = [];
    // The states of a stack stand in reverse order of its cells.
    let given = inputs.slice(1).map(({ name }) => name);
    const initial = cells
      .toReversed()
      .map((cell) => {
        const own = given.slice(0, cell.states);
        given = given.slice(cell.states);
        return own;
      })
      .reverse();
    cells.forEach((cell, index) => {
      const role = cells.length === 1 ? "" : `cell_${index}/`;
      const run = addRun(graph, layer, [cell], sequence, {
        ...{ role, direction: goBackwards ? "reverse" : "forward", initialStates: [initial[index] ?? []] },
      });
      runs.push(run);
      sequence = graph.addNode("Squeeze", [run.sequence, graph.addInts([1])]); // [frames, batch, units]
    });
    const last = runs.at(-1);
    if (last === undefined) refuse(layer, "at least one cell", "none");
    const output = returnSequences
      ? addBatchMajor(graph, goBackwards ? addReversed(graph, sequence) : sequence)
      : pickDirection(graph, last.states[0] ?? "", 0, 1);
    const states = runs
      .toReversed()
      .flatMap((run) => run.states.map((state) => pickDirection(graph, state, 0, 1)));
    const names = returnState ? [output, ...states] : [output];
    return names.map((name, index) => makeOutput(layer, name, "as-in-tfjs", { index }));
  },
});

/** @throws UnsupportedLayerError for what one run of a graph cannot do */
export function checkRecurrence(
  x: Value,
  layer: LayerCall<{ readonly stateful?: boolean | null | undefined }>,
): void {
  if (x.masked) refuse(layer, "no mask", "one from a Masking or Embedding layer before it");
  if (layer.config.stateful === true)
    refuse(layer, "stateful: false", "stateful: true, but a graph keeps no state");
}

/** Names in the graph: outputs of every step [frames, directions, batch, units], last states [directions, batch, units]. */
export interface Run {
  readonly sequence: string;
  readonly states: readonly string[];
}

interface RunOptions {
  /** Before the names of the weights. */
  readonly role?: string;
  readonly direction: "forward" | "reverse" | "bidirectional";
  /** For each cell, its first states [batch, units]; none means zeros. */
  readonly initialStates: readonly (readonly string[])[];
}

/** One ONNX operator over [frames, batch, inputs]: one cell, or two of a kind for both directions. */
export function addRun(
  graph: ExportGraph,
  layer: LayerCall,
  cells: readonly RecurrentCell[],
  sequence: string,
  { role = "", direction, initialStates }: RunOptions,
): Run {
  const [cell] = cells;
  if (cell === undefined) throw new Error(`${layer.name}: no cell`);
  const add = (name: string, take: (one: RecurrentCell) => Weight): string =>
    graph.addParameter(layer.layer, `${role}${name}`, stackWeights(cells.map(take)));
  const states = Array.from({ length: cell.states }, (_, state) => {
    const parts = initialStates.flatMap((own) => own[state] ?? []);
    if (parts.length === 0) return "";
    const lifted = parts.map((part) => graph.addNode("Unsqueeze", [part, graph.addInts([0])]));
    return lifted.length === 1 ? (lifted[0] ?? "") : graph.addNode("Concat", lifted, { axis: 0 });
  });
  const inputs = [
    sequence,
    add("kernel", (one) => one.kernel),
    add("recurrent_kernel", (one) => one.recurrentKernel),
    add("bias", (one) => one.bias),
    "", // lengths of the sequences: all the same
    ...states,
  ];
  while (inputs.at(-1) === "") inputs.pop();
  const activations = cells.flatMap((one) => one.activations);
  const [all = "", ...last] = graph.addNodeWithOutputs(
    cell.opType,
    inputs,
    ["sequence", "state", "carry"].slice(0, cell.states + 1),
    { hidden_size: cell.units, direction, activations, ...makeActivationParameters(activations) },
  );
  return { sequence: all, states: last };
}

/** Written out where a function has any, because runtimes differ in their defaults. */
function makeActivationParameters(activations: readonly string[]): Record<string, Attribute> {
  const alpha = activations.flatMap((name) => activationDefaults[name]?.alpha ?? []);
  const beta = activations.flatMap((name) => activationDefaults[name]?.beta ?? []);
  return {
    ...(alpha.length > 0 && { activation_alpha: floats(alpha) }),
    ...(beta.length > 0 && { activation_beta: floats(beta) }),
  };
}

const activationDefaults: Readonly<Record<string, { alpha?: number; beta?: number }>> = {
  Affine: { alpha: 1, beta: 0 },
  HardSigmoid: { alpha: 0.2, beta: 0.5 },
  Elu: { alpha: 1 },
};

/** One more axis in front: the directions. */
function stackWeights(weights: readonly Weight[]): Weight {
  const data = Float32Array.from(weights.flatMap((weight) => [...weight.data]));
  return { data, dims: [weights.length, ...(weights[0]?.dims ?? [])] };
}

/** [batch, frames, width] -> [frames, batch, width]. */
export function addTimeMajor(graph: ExportGraph, x: Value): string {
  return graph.addNode("Transpose", [graph.toTfjsLayout(x)], { perm: [1, 0, 2] });
}

/** [frames, batch, width] -> [batch, frames, width]. */
export function addBatchMajor(graph: ExportGraph, sequence: string): string {
  return graph.addNode("Transpose", [sequence], { perm: [1, 0, 2] });
}

/** Last step first: TF.js gives a backward sequence in the order in which it was computed. */
function addReversed(graph: ExportGraph, sequence: string): string {
  const [start, end, axis] = [graph.addInts([-1]), graph.addInts([-(2 ** 31)]), graph.addInts([0])];
  return graph.addNode("Slice", [sequence, start, end, axis, graph.addInts([-1])]);
}

/** [directions, batch, units] -> [batch, units]. */
export function pickDirection(
  graph: ExportGraph,
  state: string,
  direction: number,
  directions: number,
): string {
  return directions === 1
    ? graph.addNode("Squeeze", [state, graph.addInts([0])])
    : graph.addNode("Gather", [state, graph.addInt(direction)], { axis: 0 });
}
