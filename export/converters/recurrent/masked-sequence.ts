import { at } from "../../../common/at.ts";
import type { ExportGraph } from "../../graph/export-graph.ts";
import { type LayerCall, refuse } from "../../graph/layer-call.ts";
import type { Value } from "../../graph/value.ts";

/**
 * A sequence whose steps that count stand first. TF.js's masks may have gaps, and a masked step repeats the state
 * before it; ONNX's recurrent operators know only the length of each sequence. So the steps that count are moved to
 * the front, run by length, and each step then takes the output of the last one that counted.
 */
export interface MaskedSequence {
  /** [batch, frames, width] */
  readonly sequence: string;
  /** Steps that count, int32 [batch]. */
  readonly lengths: string;
  /** 1 for a sequence of which no step counts, else 0: float32 [batch, 1]. */
  readonly isEmpty: string;
  /**
   * Outputs of the steps that count [batch, frames, units], in their order, as outputs of all steps.
   * @param initial what steps before the first that counts give, [batch, units]; undefined for zeros
   */
  readonly spread: (outputs: string, initial: string | undefined) => string;
}

/** @param sequence [batch, frames, width] @param mask bool [batch, frames], both in the order of computation */
export function addMaskedSequence(graph: ExportGraph, sequence: string, mask: string): MaskedSequence {
  const flags = graph.castTo(mask, "bool", "int64"); // [batch, frames]
  const frames = addFrames(graph, sequence);
  const positions = graph.addNode("Range", [
    graph.addInt(0),
    graph.addNode("Squeeze", [frames, graph.addInts([0])]),
    graph.addInt(1),
  ]);
  // Steps that count keep their number, the others come after all of these.
  const late = graph.addNode("Mul", [graph.addNode("Sub", [graph.addInt(1), flags]), frames]);
  const keys = graph.addNode("Add", [positions, late]);
  const sorted = graph.addNodeWithOutputs("TopK", [keys, frames], ["keys", "order"], {
    axis: 1,
    largest: 0,
    sorted: 1,
  });
  const lengths = graph.castTo(
    graph.addNode("ReduceSum", [flags, graph.addInts([1])], { keepdims: 0 }),
    "int64",
    "int32",
  );
  const none = graph.castTo(graph.addInt(0), "int64", "int32");
  const isEmpty = graph.castTo(graph.addNode("Equal", [lengths, none]), "bool", "float32");
  return {
    sequence: gatherSteps(graph, sequence, at(sorted, 1)),
    lengths,
    isEmpty: graph.addNode("Unsqueeze", [isEmpty, graph.addInts([1])]),
    spread: (outputs, initial) => {
      const counts = graph.addNode("CumSum", [flags, graph.addInt(1)]); // 0 before the first step that counts
      const first = initial && graph.addNode("Unsqueeze", [initial, graph.addInts([1])]);
      const table =
        first === undefined
          ? graph.addNode("Pad", [outputs, graph.addInts([0, 1, 0, 0, 0, 0]), graph.addScalar(0)])
          : graph.addNode("Concat", [first, outputs], { axis: 1 });
      return gatherSteps(graph, table, counts);
    },
  };
}

/** Of each sequence, the steps of these numbers. */
function gatherSteps(graph: ExportGraph, sequence: string, steps: string): string {
  const indices = graph.addNode("Unsqueeze", [steps, graph.addInts([2])]);
  return graph.addNode("GatherND", [sequence, indices], { batch_dims: 1 });
}

/**
 * The mask that a recurrent layer's call applies, [batch, frames] in the order of computation: TF.js takes the first
 * masks for the first steps, also where the mask is of an earlier, longer sequence.
 * @returns undefined when there is none
 * @throws UnsupportedLayerError for a mask that TF.js cannot apply
 */
export function addStepMask(
  graph: ExportGraph,
  layer: LayerCall,
  x: Value,
  goBackwards: boolean,
): string | undefined {
  const { mask } = layer;
  if (mask === null) return undefined;
  if (mask.dims.length !== 2)
    refuse(layer, "a mask [batch, frames]", `one of rank ${mask.dims.length}, which TF.js cannot apply`);
  const [masks = null, frames = null] = [mask.dims[1], x.dims[1]];
  if (masks !== null && frames !== null && masks < frames)
    refuse(layer, `a mask of ${frames} frames`, `one of ${masks}, of a layer further up`);
  const ordered = goBackwards ? addReversed(graph, mask.name, 1) : mask.name;
  const isWhole = mask === x.mask || (masks !== null && masks === frames);
  if (isWhole) return ordered;
  const end = addFrames(graph, graph.toTfjsLayout(x));
  return graph.addNode("Slice", [ordered, graph.addInts([0]), end, graph.addInts([1])]);
}

/** Last first, along one axis. */
export function addReversed(graph: ExportGraph, sequence: string, axis: number): string {
  const [start, end, axes] = [graph.addInts([-1]), graph.addInts([-(2 ** 31)]), graph.addInts([axis])];
  return graph.addNode("Slice", [sequence, start, end, axes, graph.addInts([-1])]);
}

/** How many steps [batch, frames, ...] has: int64 [1]. */
function addFrames(graph: ExportGraph, sequence: string): string {
  return graph.addNode("Slice", [graph.addNode("Shape", [sequence]), graph.addInts([1]), graph.addInts([2])]);
}
