import { GraphBuilder } from "../../onnx/graph-builder.ts";
import { guestPlaceholder, placeholderDomain, scanPlaceholder } from "../../onnx/rewrite/insert-scan.ts";
import type { Backbone } from "./backbone.ts";
import { addLogMel, isTransposed } from "./log-mel-input.ts";

/** Amplitude, as a fraction of the clip's largest, up to which samples at its ends are silence: 60 dB down. */
const silentFraction = 1e-3;
/** Flattened samples of all clips: what a window is cut from. */
const flatName = "samples/flat";

/** Names of the values that `addWindows` made. */
export interface WindowValues {
  /** Embeddings [batch, windows, dimensions]; those behind a clip's own windows mean nothing. */
  readonly embeddings: string;
  /** Windows of each clip, int64 [batch, 1]. */
  readonly counts: string;
  /** 1 for a clip's own windows, else 0, float32 [batch, windows, 1]. */
  readonly mask: string;
}

/**
 * From samples [batch, n] of any length to the embeddings of their windows. Silence at both ends of a clip is left
 * out; a clip shorter than a window begins again from its start; windows follow each other by `windowHopSamples`, the
 * last one ends with the clip. The same nodes stand in the embedder and in the exported model.
 */
export function addWindows(graph: GraphBuilder, samples: string, backbone: Backbone): WindowValues {
  const { windowSamples, windowHopSamples, dimensions } = backbone;
  const add = (opType: string, inputs: readonly string[], name: string, attributes = {}): string =>
    graph.addNode(opType, inputs, attributes, { name: `windows/${name}` });
  const int = (value: number): string =>
    graph.addConstant(`int64_${value}`, BigInt64Array.of(BigInt(value)), []);

  const { first, length } = addActivePart(graph, samples);
  const excess = add("Max", [add("Sub", [length, int(windowSamples)], "longer"), int(0)], "excess");
  const steps = add(
    "Div",
    [add("Add", [excess, int(windowHopSamples - 1)], "rounded"), int(windowHopSamples)],
    "steps",
  );
  const counts = add("Add", [steps, int(1)], "counts"); // [batch, 1]
  const count = add("ReduceMax", [counts], "count", { keepdims: 0 });
  const order = add("Range", [int(0), count, int(1)], "order"); // [windows]
  const start = add("Min", [add("Mul", [order, int(windowHopSamples)], "regular"), excess], "start"); // [batch, windows]

  const shape = add("Shape", [samples], "shape");
  const batch = add("Gather", [shape, int(0)], "batch");
  const total = add("Gather", [shape, int(1)], "total");
  const rows = add("Mul", [add("Range", [int(0), batch, int(1)], "rows"), total], "row_starts");
  const column = graph.addInts([-1, 1]);
  const offset = add("Add", [add("Reshape", [rows, column], "row_column"), first], "offset"); // [batch, 1]
  const places = add("Shape", [start], "places");
  const spread = (value: string, name: string): string =>
    add("Reshape", [add("Expand", [value, places], `${name}/expand`), graph.addInts([-1])], name);

  graph.addNode("Reshape", [samples, graph.addInts([-1])], {}, { name: flatName });
  const scanned = graph.addNode(
    scanPlaceholder,
    [
      spread(offset, "offsets"),
      add("Reshape", [start, graph.addInts([-1])], "starts"),
      spread(length, "lengths"),
    ],
    {},
    { name: "windows/scanned", domain: placeholderDomain },
  );
  const grid = add("Concat", [places, graph.addInts([dimensions])], "grid", { axis: 0 });
  const isOwn = add("Cast", [add("Less", [order, counts], "is_own")], "own", { to: 1 });
  const cells = add("Concat", [places, graph.addInts([1])], "cells", { axis: 0 });
  return {
    embeddings: add("Reshape", [scanned, grid], "embeddings"),
    counts,
    mask: add("Reshape", [isOwn, cells], "mask"),
  };
}

/** Where a clip's sound begins, and how long it is without silent ends: int64 [batch, 1] both. */
function addActivePart(graph: GraphBuilder, samples: string): { first: string; length: string } {
  const add = (opType: string, inputs: readonly string[], name: string, attributes = {}): string =>
    graph.addNode(opType, inputs, attributes, { name: `active/${name}` });
  const size = add("Abs", [samples], "size");
  const peak =
    graph.opset >= 18
      ? add("ReduceMax", [size, graph.addInts([1])], "peak", { keepdims: 1 })
      : add("ReduceMax", [size], "peak", { axes: [1], keepdims: 1 });
  const limit = add("Mul", [peak, graph.addScalar(silentFraction)], "limit");
  const isSound = add("Cast", [add("Greater", [size, limit], "is_sound")], "sound", { to: 1 });
  const first = add("ArgMax", [isSound], "first", { axis: 1, keepdims: 1 });
  // Of a silent clip nothing is above the limit: the first of equals, and the last of equals, are its ends.
  const last = add("ArgMax", [isSound], "last", { axis: 1, keepdims: 1, select_last_index: 1 });
  const one = graph.addConstant("int64_1", BigInt64Array.of(1n), []);
  return { first, length: add("Add", [add("Sub", [last, first], "span"), one], "length") };
}

/** What the backbone takes of a window's samples. */
function addInput(graph: GraphBuilder, window: string, backbone: Backbone): string {
  const { logMel, input } = backbone;
  if (logMel === undefined) return window;
  const frames = addLogMel(graph, window, logMel, backbone);
  return isTransposed(logMel, input.dims) ? graph.addNode("Transpose", [frames], { perm: [1, 0] }) : frames;
}

/**
 * What happens to one window, for `insertScan`: its samples are gathered, log-mel of them where it is taken, the
 * backbone runs, and its output becomes one row of `dimensions` numbers.
 */
export function buildWindowBody(backbone: Backbone): Uint8Array {
  const { windowSamples, input, dimensions, embeddingsPerWindow, opset } = backbone;
  const graph = new GraphBuilder({ name: "window", opset });
  const offset = graph.addInput("offset", "int64", []);
  const start = graph.addInput("start", "int64", []);
  const length = graph.addInput("length", "int64", []);
  const flat = graph.addInput(flatName, "float32", ["samples"]);
  const places = graph.addConstant(
    "places",
    BigInt64Array.from({ length: windowSamples }, (_, place) => BigInt(place)),
    [windowSamples],
  );
  const wrapped = graph.addNode("Mod", [graph.addNode("Add", [places, start]), length]);
  const window = graph.addNode("Gather", [flat, graph.addNode("Add", [wrapped, offset])], { axis: 0 });
  const sound = addInput(graph, window, backbone);
  const shaped = graph.addNode("Reshape", [sound, graph.addInts(input.dims)], {}, { name: "waveform" });
  const embedded = graph.addNode(
    guestPlaceholder,
    [shaped],
    {},
    { name: "embedded", domain: placeholderDomain },
  );
  const rows = graph.addNode("Reshape", [embedded, graph.addInts([embeddingsPerWindow, dimensions])]);
  const mean =
    graph.opset >= 18
      ? graph.addNode("ReduceMean", [rows, graph.addInts([0])], { keepdims: 0 })
      : graph.addNode("ReduceMean", [rows], { axes: [0], keepdims: 0 });
  graph.addOutput("row", mean, "float32", [dimensions]);
  return graph.build();
}
