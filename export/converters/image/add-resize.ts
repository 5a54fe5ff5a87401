import * as z from "zod";
import type { ExportGraph } from "../../graph/export-graph.ts";
import { type LayerCall, makeOutput, refuse } from "../../graph/layer-call.ts";
import { at } from "../../../common/at.ts";
import type { Value } from "../../graph/value.ts";

export const interpolationSchema = z.enum(["nearest", "bilinear"]);

type Interpolation = z.infer<typeof interpolationSchema>;

interface ResizeOptions {
  readonly height: number;
  readonly width: number;
  readonly interpolation: Interpolation;
  readonly alignCorners: boolean;
}

/** An image [batch, height, width, channels] of any size in a fixed one, as `tf.image.resize...` samples it. */
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
  const shape = graph.addNode("Shape", [input]);
  const batch = graph.addNode("Slice", [shape, graph.addInts([0]), graph.addInts([1])]);
  const sizes = graph.addNode("Concat", [batch, graph.addInts([channels, height, width])], { axis: 0 });
  const attributes = makeResizeAttributes(interpolation, alignCorners);
  const y = graph.addNode("Resize", [input, "", "", sizes], attributes);
  // The shape that TF.js computes for Resizing lacks the batch.
  return makeOutput(layer, y, "channels-first", { dims: [at(x.dims, 0), height, width, channels] });
}

/** Attributes of ONNX's `Resize` for TF.js's `resizeBilinear` and `resizeNearestNeighbor`. */
export function makeResizeAttributes(
  interpolation: Interpolation,
  alignCorners: boolean,
): Record<string, string> {
  const coordinate_transformation_mode = alignCorners ? "align_corners" : "asymmetric";
  return interpolation === "bilinear"
    ? { mode: "linear", coordinate_transformation_mode }
    : {
        mode: "nearest",
        coordinate_transformation_mode,
        nearest_mode: alignCorners ? "round_prefer_ceil" : "floor",
      };
}
