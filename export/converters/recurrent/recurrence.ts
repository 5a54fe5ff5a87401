import * as z from "zod";
import { at } from "../../../common/at.ts";
import type { ExportGraph } from "../../graph/export-graph.ts";
import { type LayerCall, refuse } from "../../graph/layer-call.ts";
import type { Value } from "../../graph/value.ts";
import type { RecurrentCell } from "./cell.ts";
import { addMaskedSequence, addReversed, addStepMask } from "./masked-sequence.ts";
import { addOperator, pickDirection, swapBatchAndTime } from "./operator.ts";

/** The part of a recurrent layer's config that its converters read. */
export const recurrentSchema = z.object({
  returnSequences: z.boolean(),
  returnState: z.boolean(),
  goBackwards: z.boolean(),
  stateful: z.boolean().nullish(),
});

export type RecurrentConfig = z.infer<typeof recurrentSchema>;

/** What a recurrent layer gives, as TF.js's `rnn` does. */
export interface Recurrence {
  /** Adds the outputs of all steps [batch, frames, units], in the order of computation. */
  readonly addSequence: () => string;
  /** Last states [batch, units], those of the last cell first; the first of them is the last output. */
  readonly states: readonly string[];
}

interface RecurrenceOptions {
  /** Before the names of the weights. */
  readonly role?: string;
  readonly goBackwards: boolean;
  /** First states in the order of `states`; none means zeros. */
  readonly initialStates: readonly string[];
}

/**
 * One direction over a sequence [batch, frames, width]: a native operator for each of the stacked cells.
 * @throws UnsupportedLayerError for a mask that TF.js cannot apply
 */
export function addRecurrence(
  graph: ExportGraph,
  layer: LayerCall,
  cells: readonly RecurrentCell[],
  x: Value,
  options: RecurrenceOptions,
): Recurrence {
  const { role = "", goBackwards, initialStates } = options;
  const mask = addStepMask(graph, layer, x, goBackwards);
  const whole = graph.toTfjsLayout(x);
  const masked =
    mask === undefined
      ? undefined
      : addMaskedSequence(graph, goBackwards ? addReversed(graph, whole, 1) : whole, mask);
  const initial = splitStates(cells, initialStates);
  let sequence = swapBatchAndTime(graph, masked?.sequence ?? whole);
  const states = cells.map((cell, index) => {
    const own = at(initial, index);
    const outputs = addOperator(graph, layer, [cell], sequence, {
      role: cells.length === 1 ? role : `${role}cell_${index}/`,
      direction: goBackwards && masked === undefined ? "reverse" : "forward",
      initialStates: [own],
      ...(masked && { lengths: masked.lengths }),
    });
    sequence = graph.addNode("Squeeze", [outputs.sequence, graph.addInts([1])]); // [frames, batch, units]
    return outputs.states.map((state, place) => {
      const last = pickDirection(graph, state, 0, 1);
      const first = own[place];
      // A sequence of no steps ends as it began; ONNX Runtime gives zeros.
      return masked === undefined || first === undefined
        ? last
        : graph.addNode("Add", [last, graph.addNode("Mul", [first, masked.isEmpty])]);
    });
  });
  return {
    addSequence: () => {
      if (masked !== undefined)
        return masked.spread(swapBatchAndTime(graph, sequence), at(initial, cells.length - 1)[0]);
      return swapBatchAndTime(graph, goBackwards ? addReversed(graph, sequence, 0) : sequence);
    },
    states: states.reverse().flat(),
  };
}

/** By cell; the states of a stack stand in reverse order of its cells. */
function splitStates(cells: readonly RecurrentCell[], states: readonly string[]): string[][] {
  let start = 0;
  return cells
    .toReversed()
    .map((cell) => states.slice(start, (start += cell.states)))
    .reverse();
}

/** @throws UnsupportedLayerError for a layer that keeps its state from batch to batch */
export function refuseStateful(layer: LayerCall, { stateful }: RecurrentConfig): void {
  if (stateful === true) refuse(layer, "stateful: false", "stateful: true, but a graph keeps no state");
}
