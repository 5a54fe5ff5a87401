import * as z from "zod";
import { floats } from "../../onnx/attributes.ts";
import { dataFormatSchema } from "../graph/config-schemas.ts";
import { type Converter, defineConverter, type LayerCall, makeOutput, refuse } from "../graph/converter.ts";
import type { ExportGraph } from "../graph/export-graph.ts";
import type { Value } from "../graph/value.ts";
import { layoutOf, toConvolutionInput } from "./conv.ts";

/** scale x + offset, in float32. */
export const convertRescaling: Converter = defineConverter({
  operators: "Mul, Add",
  config: z.object({ scale: z.number(), offset: z.number() }),
  convert: (graph, x, layer) => {
    const { scale, offset } = layer.config;
    const input = x.elementType === "float32" ? x.name : graph.addNode("Cast", [x.name], { to: 1 });
    const scaled = graph.addNode("Mul", [input, graph.addScalar(scale)]);
    const y = offset === 0 ? scaled : graph.addNode("Add", [scaled, graph.addScalar(offset)]);
    return makeOutput(layer, y, x.layout);
  },
});

const interpolationSchema = z.enum(["nearest", "bilinear"]);

export const convertUpSampling2d: Converter = defineConverter({
  operators: "Resize",
  config: z.object({
    size: z.tuple([z.int(), z.int()]),
    dataFormat: dataFormatSchema,
    interpolation: interpolationSchema,
  }),
  convert: (graph, x, layer) => {
    const { size, dataFormat, interpolation } = layer.config;
    const input = toConvolutionInput(graph, x, dataFormat);
    const scales = graph.addFloats("scales", [1, 1, ...size]);
    const y = graph.addNode("Resize", [input, "", scales], resizeAttributes(interpolation, false));
    return makeOutput(layer, y, layoutOf(dataFormat));
  },
});

/** To a fixed height and width. TF.js 4.22 aligns the corners unless cropToAspectRatio is set, which crops nothing. */
export const convertResizing: Converter = defineConverter({
  operators: "Resize, Shape, Concat",
  config: z.object({
    height: z.int(),
    width: z.int(),
    interpolation: interpolationSchema,
    cropToAspectRatio: z.boolean(),
  }),
  convert: (graph, x, layer) => {
    const { height, width, interpolation, cropToAspectRatio } = layer.config;
    return addResize(graph, x, layer, { height, width, interpolation, alignCorners: !cropToAspectRatio });
  },
});

interface ResizeOptions {
  readonly height: number;
  readonly width: number;
  readonly interpolation: z.infer<typeof interpolationSchema>;
  readonly alignCorners: boolean;
}

export function addResize(
  graph: ExportGraph,
  x: Value,
  layer: LayerCall,
  { height, width, interpolation, alignCorners }: ResizeOptions,
): Value {
  const channels = x.dims[3];
  if (x.dims.length !== 4 || typeof channels !== "number") {
    refuse(layer, "[batch, height, width, channels]", `[${x.dims.join(", ")}]`);
  }
  const input = graph.toChannelsFirst(x);
  const batch = graph.addNode("Slice", [
    ...[graph.addNode("Shape", [input]), graph.addInts([0]), graph.addInts([1])],
  ]);
  const sizes = graph.addNode("Concat", [batch, graph.addInts([channels, height, width])], { axis: 0 });
  const attributes = resizeAttributes(interpolation, alignCorners);
  const y = graph.addNode("Resize", [input, "", "", sizes], attributes);
  // The shape that TF.js computes for Resizing lacks the batch.
  const dims = [x.dims[0] ?? null, height, width, channels];
  return { ...makeOutput(layer, y, "channels-first"), dims };
}

function resizeAttributes(interpolation: "nearest" | "bilinear", alignCorners: boolean) {
  const coordinate_transformation_mode = alignCorners ? "align_corners" : "asymmetric";
  return interpolation === "bilinear"
    ? { mode: "linear", coordinate_transformation_mode }
    : {
        mode: "nearest",
        coordinate_transformation_mode,
        nearest_mode: alignCorners ? "round_prefer_ceil" : "floor",
      };
}

/** Counts, or presence, of each token in a row of token numbers. */
export const convertCategoryEncoding: Converter = defineConverter({
  operators: "OneHot, ReduceMax or ReduceSum",
  limits: "without count weights, which are no input of the layer's graph",
  config: z.object({ numTokens: z.int(), outputMode: z.enum(["multiHot", "oneHot", "count"]) }),
  convert: (graph, x, layer) => {
    const { numTokens, outputMode } = layer.config;
    if (x.dims.length !== 2) refuse(layer, "[batch, tokens]", `rank ${x.dims.length}`);
    const indices = graph.addNode("Cast", [x.name], { to: 7 });
    const offAndOn = graph.addNode("Constant", [], { value_floats: floats([0, 1]) });
    const rows = graph.addNode("OneHot", [indices, graph.addInts([numTokens]), offAndOn], { axis: -1 });
    const axes = [1];
    const y =
      outputMode === "count"
        ? graph.addNode("ReduceSum", [rows, graph.addInts(axes)], { keepdims: 0 })
        : graph.opset >= 18
          ? graph.addNode("ReduceMax", [rows, graph.addInts(axes)], { keepdims: 0 })
          : graph.addNode("ReduceMax", [rows], { axes, keepdims: 0 });
    return makeOutput(layer, y, "as-in-tfjs");
  },
});
