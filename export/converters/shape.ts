import * as z from "zod";
import { dataFormatSchema } from "../graph/config-schemas.ts";
import { type Converter, defineConverter, makeOutput } from "../graph/converter.ts";
import { locateAxis, type Value } from "../graph/value.ts";

export const convertFlatten: Converter = defineConverter({
  operators: "Flatten",
  config: z.object({ dataFormat: dataFormatSchema }),
  convert: (graph, x, layer) => {
    // A layer that says channelsFirst moves its channels to the end before it flattens.
    const isMoved = layer.config.dataFormat === "channelsFirst";
    const last = x.dims.length - 1;
    const perm = [0, ...x.dims.slice(2).map((_, index) => index + 2), 1];
    const input = graph.toTfjsLayout(x);
    const ordered = isMoved && last > 1 ? graph.addNode("Transpose", [input], { perm }) : input;
    return makeOutput(layer, graph.addNode("Flatten", [ordered], { axis: 1 }), "as-in-tfjs");
  },
});

export const convertReshape: Converter = defineConverter({
  operators: "Reshape",
  config: z.object({ targetShape: z.array(z.int().nullable()) }),
  convert: (graph, x, layer) => {
    // 0 keeps the batch, -1 is worked out.
    const shape = [0, ...layer.config.targetShape.map((size) => size ?? -1)];
    const y = graph.addNode("Reshape", [graph.toTfjsLayout(x), graph.addInts(shape)]);
    return makeOutput(layer, y, "as-in-tfjs", { elementType: x.elementType });
  },
});

export const convertPermute: Converter = defineConverter({
  operators: "Transpose",
  config: z.object({ dims: z.array(z.int()) }),
  convert: (graph, x, layer) => {
    const y = graph.addNode("Transpose", [graph.toTfjsLayout(x)], { perm: [0, ...layer.config.dims] });
    return makeOutput(layer, y, "as-in-tfjs", { elementType: x.elementType });
  },
});

/** [batch, width] -> [batch, n, width]. */
export const convertRepeatVector: Converter = defineConverter({
  operators: "Unsqueeze, Tile",
  config: z.object({ n: z.int() }),
  convert: (graph, x, layer) => {
    const row = graph.addNode("Unsqueeze", [x.name, graph.addInts([1])]);
    const y = graph.addNode("Tile", [row, graph.addInts([1, layer.config.n, 1])]);
    return makeOutput(layer, y, "as-in-tfjs");
  },
});

const edgesSchema = z.tuple([z.tuple([z.int(), z.int()]), z.tuple([z.int(), z.int()])]);

export const convertCropping2d: Converter = defineConverter({
  operators: "Slice",
  config: z.object({ cropping: edgesSchema, dataFormat: dataFormatSchema }),
  convert: (graph, x, layer) => {
    const { cropping, dataFormat } = layer.config;
    const axes = locateSpatialAxes(x, dataFormat);
    const starts = graph.addInts(cropping.map(([before]) => before));
    // From the end, so that the size need not be known; with nothing to cut there, far beyond it.
    const ends = graph.addInts(cropping.map(([, after]) => (after === 0 ? 2 ** 31 - 1 : -after)));
    const y = graph.addNode("Slice", [x.name, starts, ends, graph.addInts(axes)]);
    return makeOutput(layer, y, x.layout);
  },
});

export const convertZeroPadding2d: Converter = defineConverter({
  operators: "Pad",
  config: z.object({ padding: edgesSchema, dataFormat: dataFormatSchema }),
  convert: (graph, x, layer) => {
    const { padding, dataFormat } = layer.config;
    const axes = locateSpatialAxes(x, dataFormat);
    const pads = Array.from({ length: 8 }, () => 0);
    axes.forEach((axis, index) => {
      const [before, after] = padding[index] ?? [0, 0];
      pads[axis] = before;
      pads[axis + 4] = after;
    });
    const y = graph.addNode("Pad", [x.name, graph.addInts(pads), graph.addScalar(0)], { mode: "constant" });
    return makeOutput(layer, y, x.layout);
  },
});

/** Where height and width lie in the ONNX tensor. */
function locateSpatialAxes(x: Value, dataFormat: "channelsLast" | "channelsFirst"): number[] {
  return (dataFormat === "channelsLast" ? [1, 2] : [2, 3]).map((axis) => locateAxis(x, axis));
}

/** Zero where a whole time step is the mask value; layers that would use the mask itself are refused. */
export const convertMasking: Converter = defineConverter({
  operators: "Equal, Not, Cast, ReduceMax, Mul",
  limits: "recurrent layers and Softmax after it are refused: ONNX has no masks inside a sequence",
  config: z.object({ maskValue: z.number() }),
  convert: (graph, x, layer) => {
    const isValue = graph.addNode("Equal", [x.name, graph.addScalar(layer.config.maskValue)]);
    const differs = graph.addNode("Cast", [graph.addNode("Not", [isValue])], { to: 1 });
    const axis = locateAxis(x, -1);
    const mask =
      graph.opset >= 18
        ? graph.addNode("ReduceMax", [differs, graph.addInts([axis])], { keepdims: 1 })
        : graph.addNode("ReduceMax", [differs], { axes: [axis], keepdims: 1 });
    return makeOutput(layer, graph.addNode("Mul", [x.name, mask]), x.layout, { masked: true });
  },
});

/** Indices, whatever type they come in, to rows of the table. */
export const convertEmbedding: Converter = defineConverter({
  operators: "Gather",
  limits: "maskZero: as Masking",
  config: z.object({ maskZero: z.boolean().nullish() }),
  convert: (graph, x, layer) => {
    const table = layer.weights.get("embeddings") ?? { data: new Float32Array(), dims: [0, 0] };
    const indices = x.elementType === "int32" ? x.name : graph.addNode("Cast", [x.name], { to: 6 });
    const inputs = [graph.addParameter(layer.layer, "embeddings", table), indices];
    const masked = layer.config.maskZero === true;
    return makeOutput(layer, graph.addNode("Gather", inputs, { axis: 0 }), "as-in-tfjs", { masked });
  },
});
