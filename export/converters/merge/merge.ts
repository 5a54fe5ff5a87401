import { at } from "../../../common/at.ts";
import type { ElementType } from "../../../onnx/element-types.ts";
import { anyConfigSchema } from "../../graph/config-schemas.ts";
import { type Converter, defineGeneralConverter } from "../../graph/converter.ts";
import type { ExportGraph } from "../../graph/export-graph.ts";
import { type LayerCall, makeOutput, refuse, takeFirst } from "../../graph/layer-call.ts";
import type { Mask, Value } from "../../graph/value.ts";

export const Add = defineMergeConverter("Add", (graph, names) => chain(graph, "Add", names));
export const Multiply = defineMergeConverter("Mul", (graph, names) => chain(graph, "Mul", names));
export const Maximum = defineMergeConverter("Max", (graph, names) => graph.addNode("Max", names));
export const Minimum = defineMergeConverter("Min", (graph, names) => graph.addNode("Min", names));
export const Average = defineMergeConverter("Add, Mul", (graph, names) =>
  graph.addNode("Mul", [chain(graph, "Add", names), graph.addScalar(1 / names.length)]),
);

function defineMergeConverter(
  operators: string,
  merge: (graph: ExportGraph, names: readonly string[]) => string,
): Converter {
  return defineGeneralConverter({
    operators,
    limits: "two bool inputs are refused",
    config: anyConfigSchema,
    integers: "keep",
    convert: (graph, inputs, layer) => {
      const elementType = promote(layer, inputs, operators === "Add, Mul");
      const rank = Math.max(...inputs.map(({ dims }) => dims.length));
      const isEven = inputs.every(({ dims }) => dims.length === rank);
      // Where ranks differ, TF.js puts axes of length 1 after the batch; that is simplest in its own layout.
      const layout = isEven ? takeFirst(inputs, layer).layout : "as-in-tfjs";
      const names = inputs.map((input) => {
        const name = graph.castTo(graph.toLayout(input, layout), input.elementType, elementType);
        const missing = Array.from({ length: rank - input.dims.length }, (_, index) => index + 1);
        return missing.length === 0 ? name : graph.addNode("Unsqueeze", [name, graph.addInts(missing)]);
      });
      return [makeOutput(layer, merge(graph, names), layout, { elementType })];
    },
    convertMask: mergeMasks,
  });
}

/** As TF.js upcasts: float32 if any is, else int32. A mean is float32 always. */
function promote(layer: LayerCall, inputs: readonly Value[], isMean: boolean): ElementType {
  const types = inputs.map(({ elementType }) => elementType);
  if (isMean || types.includes("float32")) return "float32";
  if (!types.includes("int32")) refuse(layer, "a float32 or int32 input", types.join(", "));
  return "int32";
}

/** TF.js 4.22 gives the first mask one more axis, with which recurrent layers then fail; `addStepMask` refuses it. */
function mergeMasks(graph: ExportGraph, inputs: readonly Value[], layer: LayerCall): Mask | null {
  const masks = inputs.map(({ mask }) => mask);
  if (masks.every((mask) => mask === null)) return null;
  const needed = masks.length === 2 ? [] : masks.slice(0, -1);
  if (needed.includes(null))
    refuse(layer, "inputs that all have a mask, or none", "some, on which TF.js fails");
  const first = at(masks, 0);
  return (
    first && { name: graph.addNode("Unsqueeze", [first.name, graph.addInts([0])]), dims: [1, ...first.dims] }
  );
}

function chain(graph: ExportGraph, opType: "Add" | "Mul", names: readonly string[]): string {
  return names.reduce((sum, name) => graph.addNode(opType, [sum, name]));
}
