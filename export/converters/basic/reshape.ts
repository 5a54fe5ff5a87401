import * as z from "zod";
import { dataFormatSchema } from "../../graph/config-schemas.ts";
import { type Converter, defineConverter } from "../../graph/converter.ts";
import { makeOutput } from "../../graph/layer-call.ts";

export const Flatten: Converter = defineConverter({
  operators: "Flatten",
  config: z.object({ dataFormat: dataFormatSchema }),
  integers: "keep",
  convert: (graph, x, layer) => {
    // A layer that says channelsFirst moves its channels to the end before it flattens.
    const isMoved = layer.config.dataFormat === "channelsFirst";
    const last = x.dims.length - 1;
    const perm = [0, ...x.dims.slice(2).map((_, index) => index + 2), 1];
    const input = graph.toTfjsLayout(x);
    const ordered = isMoved && last > 1 ? graph.addNode("Transpose", [input], { perm }) : input;
    const y = graph.addNode("Flatten", [ordered], { axis: 1 });
    return makeOutput(layer, y, "as-in-tfjs", { elementType: x.elementType });
  },
});

export const Reshape: Converter = defineConverter({
  operators: "Reshape",
  config: z.object({ targetShape: z.array(z.int().nullable()) }),
  integers: "keep",
  convert: (graph, x, layer) => {
    // 0 keeps the batch, -1 is worked out.
    const shape = [0, ...layer.config.targetShape.map((size) => size ?? -1)];
    const y = graph.addNode("Reshape", [graph.toTfjsLayout(x), graph.addInts(shape)]);
    return makeOutput(layer, y, "as-in-tfjs", { elementType: x.elementType });
  },
});

export const Permute: Converter = defineConverter({
  operators: "Transpose",
  config: z.object({ dims: z.array(z.int()) }),
  integers: "keep",
  convert: (graph, x, layer) => {
    const y = graph.addNode("Transpose", [graph.toTfjsLayout(x)], { perm: [0, ...layer.config.dims] });
    return makeOutput(layer, y, "as-in-tfjs", { elementType: x.elementType });
  },
});

/** [batch, width] -> [batch, n, width]. */
export const RepeatVector: Converter = defineConverter({
  operators: "Unsqueeze, Tile",
  config: z.object({ n: z.int() }),
  integers: "keep",
  convert: (graph, x, layer) => {
    const row = graph.addNode("Unsqueeze", [x.name, graph.addInts([1])]);
    const y = graph.addNode("Tile", [row, graph.addInts([1, layer.config.n, 1])]);
    return makeOutput(layer, y, "as-in-tfjs", { elementType: x.elementType });
  },
});
