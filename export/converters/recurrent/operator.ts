import { at } from "../../../common/at.ts";
import { type Attribute, floats } from "../../../onnx/attributes.ts";
import type { ExportGraph } from "../../graph/export-graph.ts";
import type { LayerCall } from "../../graph/layer-call.ts";
import type { Weight } from "../../graph/weight.ts";
import type { RecurrentCell } from "./cell.ts";

/** Names in the graph: outputs of every step [frames, directions, batch, units], last states [directions, batch, units]. */
export interface OperatorOutputs {
  readonly sequence: string;
  readonly states: readonly string[];
}

interface OperatorOptions {
  /** Before the names of the weights. */
  readonly role: string;
  readonly direction: "forward" | "reverse" | "bidirectional";
  /** For each cell, its first states [batch, units]; none means zeros. */
  readonly initialStates: readonly (readonly string[])[];
  /** Steps of each sequence, int32 [batch]; "" when all have the same. */
  readonly lengths?: string;
}

/** One ONNX operator over [frames, batch, inputs]: one cell, or two of a kind for both directions. */
export function addOperator(
  graph: ExportGraph,
  layer: LayerCall,
  cells: readonly RecurrentCell[],
  sequence: string,
  { role, direction, initialStates, lengths = "" }: OperatorOptions,
): OperatorOutputs {
  const cell = at(cells, 0);
  const add = (name: string, take: (one: RecurrentCell) => Weight): string =>
    graph.addParameter(layer.layer, `${role}${name}`, stackWeights(cells.map(take)));
  const states = Array.from({ length: cell.states }, (_, state) => {
    const parts = initialStates.flatMap((own) => own[state] ?? []);
    if (parts.length === 0) return "";
    const lifted = parts.map((part) => graph.addNode("Unsqueeze", [part, graph.addInts([0])]));
    return lifted.length === 1 ? at(lifted, 0) : graph.addNode("Concat", lifted, { axis: 0 });
  });
  const inputs = [
    sequence,
    add("kernel", (one) => one.kernel),
    add("recurrent_kernel", (one) => one.recurrentKernel),
    add("bias", (one) => one.bias),
    lengths,
    ...states,
  ];
  while (inputs.at(-1) === "") inputs.pop();
  const activations = cells.flatMap((one) => one.activations);
  const outputs = graph.addNodeWithOutputs(
    cell.opType,
    inputs,
    ["sequence", "state", "carry"].slice(0, cell.states + 1),
    { hidden_size: cell.units, direction, activations, ...makeActivationParameters(activations) },
  );
  return { sequence: at(outputs, 0), states: outputs.slice(1) };
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
  return { data, dims: [weights.length, ...at(weights, 0).dims] };
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

/** [batch, frames, width] -> [frames, batch, width], and back. */
export function swapBatchAndTime(graph: ExportGraph, sequence: string): string {
  return graph.addNode("Transpose", [sequence], { perm: [1, 0, 2] });
}
