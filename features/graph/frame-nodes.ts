import type { GraphBuilder } from "../../onnx/graph-builder.ts";
import type { FeatureConfig } from "../feature-config.ts";

const lastIndex = 2 ** 31 - 1; // "to the end" for Slice

/** Adds [batch, samples] -> blocks of one hop [batch, blocks, hopSamples]; samples after the last whole one go. */
export function addBlocks(graph: GraphBuilder, samples: string, { hopSamples }: FeatureConfig): string {
  const hop = graph.addInts([hopSamples]);
  const length = graph.addNode("Shape", [samples], { start: 1, end: 2 });
  const wholeBlocks = graph.addNode("Mul", [graph.addNode("Div", [length, hop]), hop]);
  const trimmed = graph.addNode("Slice", [samples, graph.addInts([0]), wholeBlocks, graph.addInts([1])]);
  return graph.addNode("Reshape", [trimmed, graph.addInts([0, -1, hopSamples])]);
}

/**
 * Adds blocks -> stretches of `stretchSamples` that begin a hop apart: each block is joined with its neighbour, and
 * pairs with the pairs after, until they are long enough.
 */
export function addJoinedBlocks(
  graph: GraphBuilder,
  hopBlocks: string,
  { hopSamples }: FeatureConfig,
  stretchSamples: number,
): string {
  let stretches = hopBlocks;
  for (let blocks = 1; blocks * hopSamples < stretchSamples; blocks *= 2) {
    const first = addSlice(graph, stretches, { start: 0, end: -blocks, axis: 1 });
    const second = addSlice(graph, stretches, { start: blocks, axis: 1 });
    stretches = graph.addNode("Concat", [first, second], { axis: 2 });
  }
  return stretches;
}

/** What Slice takes along one axis; `end` is the axis's, `step` 1 unless said. */
export interface Range {
  readonly start: number;
  readonly end?: number;
  readonly axis: number;
  readonly step?: number;
}

/** Adds a Slice along one or more axes. */
export function addSlice(graph: GraphBuilder, value: string, ...ranges: readonly Range[]): string {
  const inputs = [
    ranges.map(({ start }) => start),
    ranges.map(({ end = lastIndex }) => end),
    ranges.map(({ axis }) => axis),
    ranges.map(({ step = 1 }) => step),
  ];
  return graph.addNode("Slice", [value, ...inputs.map((numbers) => graph.addInts(numbers))]);
}
