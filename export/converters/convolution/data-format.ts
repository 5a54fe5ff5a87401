import type * as z from "zod";
import type { dataFormatSchema } from "../../graph/config-schemas.ts";
import type { ExportGraph } from "../../graph/export-graph.ts";
import { type Dims, locateAxis, type Value } from "../../graph/value.ts";

/** Where a layer has its channels; ONNX's convolutions want them first. */
type DataFormat = z.infer<typeof dataFormatSchema>;

/** Sizes of the axes that a window moves over. */
export function readSpatialSizes(dims: Dims, dataFormat: DataFormat): Dims {
  return dataFormat === "channelsLast" ? dims.slice(1, -1) : dims.slice(2);
}

/** A layer whose dataFormat is channelsFirst has in TF.js what ONNX wants. */
export function toConvolutionInput(graph: ExportGraph, x: Value, dataFormat: DataFormat): string {
  return dataFormat === "channelsLast" ? graph.toChannelsFirst(x) : graph.toTfjsLayout(x);
}

/** The layout of what a convolution or pooling then gives. */
export function layoutOf(dataFormat: DataFormat): Value["layout"] {
  return dataFormat === "channelsLast" ? "channels-first" : "as-in-tfjs";
}

/** Where an image's height and width lie in the ONNX tensor. */
export function locateSpatialAxes(x: Value, dataFormat: DataFormat): number[] {
  return (dataFormat === "channelsLast" ? [1, 2] : [2, 3]).map((axis) => locateAxis(x, axis));
}
