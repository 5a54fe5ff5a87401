import { Graph } from "../graph/graph.ts";
import type { Value } from "../graph/value.ts";
import { expand, reshape } from "../operators/shape.ts";
import { passes } from "../passes/index.ts";
import type { RecordedNode } from "./entry.ts";
import type { Recording, WantedEntry } from "./recording.ts";

/**
 * Turns what was recorded into a graph.
 * @param wanted pending data; what none of it needs is left out
 * @param varying leaves whose uniform value changes from run to run, so that it is fed and not built in
 * @returns the value of each entry of `wanted`
 */
export function lowerRecording(
  recording: Recording,
  wanted: readonly WantedEntry[],
  varying: ReadonlySet<number>,
): Value[] {
  const graph = new Graph(passes);
  const lowered = new Map<RecordedNode, readonly Value[]>();
  const needed = findNeeded(recording, wanted);
  for (const node of recording.nodes) {
    if (!needed.has(node)) continue;
    const inputs = node.sources.map((source) =>
      source.kind === "leaf"
        ? reshape(graph, lowerLeaf(graph, recording, source.leaf, varying), source.shape)
        : reshape(graph, pick(lowered, source.node, source.output), source.shape),
    );
    const outputs = [node.lower(graph, inputs)].flat();
    lowered.set(
      node,
      outputs.map((value, index) => checkOutput(graph, value, node, index)),
    );
  }
  return wanted.map(({ node, output }) => stripReshapes(pick(lowered, node, output)));
}

function findNeeded(recording: Recording, wanted: readonly WantedEntry[]): Set<RecordedNode> {
  const needed = new Set(wanted.map(({ node }) => node));
  for (const node of recording.nodes.toReversed()) {
    if (!needed.has(node)) continue;
    for (const source of node.sources) if (source.kind === "node") needed.add(source.node);
  }
  return needed;
}

function lowerLeaf(graph: Graph, recording: Recording, leaf: number, varying: ReadonlySet<number>): Value {
  const entry = recording.leaves[leaf];
  if (entry === undefined) throw new RangeError(`leaf ${leaf}: expected one of ${recording.leaves.length}`);
  if (entry.size === 0) return graph.constant(entry.dtype, entry.shape, []);
  const uniform = recording.uniforms.get(leaf);
  if (uniform === undefined) return graph.input(leaf, entry.dtype, entry.shape);
  if (!varying.has(leaf)) return graph.constant(entry.dtype, entry.shape, [uniform]);
  return expand(graph, graph.input(leaf, entry.dtype, []), entry.shape);
}

function pick(
  lowered: ReadonlyMap<RecordedNode, readonly Value[]>,
  node: RecordedNode,
  output: number,
): Value {
  const value = lowered.get(node)?.[output];
  if (value === undefined) throw new Error(`${node.kernelName}: expected output ${output} to be lowered`);
  return value;
}

/** A kernel that promises one shape and computes another would corrupt what follows: stop here, with its name. */
function checkOutput(graph: Graph, value: Value, node: RecordedNode, index: number): Value {
  const promised = node.outputs[index];
  if (promised?.dtype !== value.dtype) {
    throw new Error(
      `${node.kernelName}: expected to compute ${promised?.dtype ?? "nothing"}, got ${value.dtype}`,
    );
  }
  return reshape(graph, value, promised.shape);
}

/** An output's elements are the same under any shape. */
function stripReshapes(value: Value): Value {
  const [source] = value.kind === "node" && value.opType === "Reshape" ? value.inputs : [];
  return source === undefined ? value : stripReshapes(source);
}
