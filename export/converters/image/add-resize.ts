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
  const image = graph.toChannelsFirst(x);
  const attributes = makeResizeAttributes(interpolation, alignCorners);
  const y = addPlaneResize(graph, image, attributes, (planes) => [
    "",
    addShape(graph, planes, [height, width]),
  ]);
  // The shape that TF.js computes for Resizing lacks the batch.
  return makeOutput(layer, y, "channels-first", { dims: [at(x.dims, 0), height, width, channels] });
}

/**
 * `Resize` of an image [batch, channels, height, width] as [1, batch * channels, height, width]. ONNX Runtime moves a
 * transposition before a Resize behind it, and then refuses a bilinear one whose height and width are not neighbours
 * any more (`upsamplebase.h`, ScalesValidation); it moves none across this Reshape.
 *
 * @param addFactors gives the inputs `scales` and `sizes` for the planes' name, "" for the one that is left out
 */
export function addPlaneResize(
  graph: ExportGraph,
  image: string,
  attributes: Record<string, string>,
  addFactors: (planes: string) => string[],
): string {
  const planes = graph.addNode("Reshape", [image, graph.addInts([1, -1, 0, 0])]);
  const resized = graph.addNode("Resize", [planes, "", ...addFactors(planes)], attributes);
  return graph.addNode("Reshape", [resized, addShape(graph, image, [0, 0])]); // Reshape keeps where 0 stands
}

/** The first two sizes of an image, and others for its height and width. */
function addShape(graph: ExportGraph, image: string, plane: readonly [number, number]): string {
  const shape = graph.addNode("Shape", [image]);
  const outer = graph.addNode("Slice", [shape, graph.addInts([0]), graph.addInts([2])]);
  return graph.addNode("Concat", [outer, graph.addInts([...plane])], { axis: 0 });
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
