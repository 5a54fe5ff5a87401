import type { GraphBuilder } from "../onnx/graph-builder.ts";
import type { FeatureConfig } from "./feature-config.ts";

const lastIndex = 2 ** 31 - 1; // "to the end" for Slice

/** Adds [batch, samples] -> [batch, frames, windowSamples]. */
export function addFraming(graph: GraphBuilder, samples: string, config: FeatureConfig): string {
  return addJoinedBlocks(graph, addBlocks(graph, samples, config), config);
}

/** Adds [batch, samples] -> blocks of one hop [batch, blocks, hopSamples]; samples after the last whole one go. */
export function addBlocks(graph: GraphBuilder, samples: string, { hopSamples }: FeatureConfig): string {
  const hop = graph.addInts([hopSamples]);
  const length = graph.addNode("Shape", [samples], { start: 1, end: 2 });
  const wholeBlocks = graph.addNode("Mul", [graph.addNode("Div", [length, hop]), hop]);
  const trimmed = graph.addNode("Slice", [samples, graph.addInts([0]), wholeBlocks, graph.addInts([1])]);
  return graph.addNode("Reshape", [trimmed, graph.addInts([0, -1, hopSamples])]);
}

/** Adds blocks -> frames: each block is joined with its neighbour, and pairs with the pairs after, to a full window. */
export function addJoinedBlocks(graph: GraphBuilder, hopBlocks: string, config: FeatureConfig): string {
  const { windowSamples, hopSamples } = config;
  let frames = hopBlocks;
  for (let blocks = 1; blocks * hopSamples < windowSamples; blocks *= 2) {
    const first = addSlice(graph, frames, { start: 0, end: -blocks, axis: 1 });
    const second = addSlice(graph, frames, { start: blocks, end: lastIndex, axis: 1 });
    frames = graph.addNode("Concat", [first, second], { axis: 2 });
  }
  return frames;
}

export function addSlice(
  graph: GraphBuilder,
  value: string,
  { start, end, axis }: { start: number; end: number; axis: number },
): string {
  return graph.addNode("Slice", [value, ...[start, end, axis].map((number) => graph.addInts([number]))]);
}
