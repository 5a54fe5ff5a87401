import * as z from "zod";
import { at } from "../../../common/at.ts";
import { type Converter, defineGeneralConverter } from "../../graph/converter.ts";
import { makeOutput, refuse, takeFirst } from "../../graph/layer-call.ts";
import { type Dims, locateAxis } from "../../graph/value.ts";

/**
 * Joins along `axis`; channels-first inputs stay so. TF.js 4.22 takes every negative axis for the last one, also where
 * it computes the output's shape of another; so does the graph, whose later layers then see the shape that comes.
 */
export const Concatenate: Converter = defineGeneralConverter({
  operators: "Concat",
  limits: "a negative axis is the last one, as in TF.js; inputs of one element type",
  config: z.object({ axis: z.int() }),
  integers: "keep",
  convert: (graph, inputs, layer) => {
    const first = takeFirst(inputs, layer);
    const { elementType, layout } = first;
    const types = inputs.map((input) => input.elementType);
    if (types.some((type) => type !== elementType))
      refuse(layer, "inputs of one element type", `${types.join(", ")}, which TF.js mixes up`);
    const axis = resolveAxis(layer.config.axis, first.dims.length);
    const names = inputs.map((input) => graph.toLayout(input, layout));
    const y = graph.addNode("Concat", names, { axis: locateAxis(first, axis) });
    const sizes = inputs.map(({ dims }) => at(dims, axis));
    const known = sizes.filter((size) => size !== null);
    const total = known.length < sizes.length ? null : known.reduce((sum, size) => sum + size, 0);
    const dims: Dims = first.dims.map((size, place) => (place === axis ? total : size));
    return [makeOutput(layer, y, layout, { elementType, dims })];
  },
  convertMask: (graph, inputs, layer) => {
    const masks = inputs.flatMap(({ mask }) => mask ?? []);
    const first = masks[0];
    if (first === undefined) return null;
    const rank = takeFirst(inputs, layer).dims.length;
    // `computeMask` does not take a negative axis for the last one.
    const axis = layer.config.axis < 0 ? layer.config.axis + rank : layer.config.axis;
    if (masks.some(({ dims }) => dims.length !== rank - 1)) refuseMask();
    if (axis === rank - 1) {
      const name = masks.map((mask) => mask.name).reduce((one, other) => graph.addNode("And", [one, other]));
      return { name, dims: first.dims };
    }
    if (masks.length < inputs.length) refuseMask();
    const dims = first.dims.map((size, place) => (place === axis ? null : size));
    const names = masks.map(({ name }) => name);
    return { name: graph.addNode("Concat", names, { axis }), dims };

    function refuseMask(): never {
      return refuse(layer, "masks of all inputs, alike in shape", "others, on which TF.js fails");
    }
  },
});

/** The axis that TF.js joins along. */
function resolveAxis(axis: number, rank: number): number {
  return axis < 0 || axis === rank ? rank - 1 : axis;
}
