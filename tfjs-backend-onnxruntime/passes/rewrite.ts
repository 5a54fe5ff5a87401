import type { Graph } from "../graph/graph.ts";
import type { NodeValue, Value } from "../graph/value.ts";

/**
 * Looks at one new node, whose inputs are in their final form. @returns a better value of the same shape, type and
 * elements (up to rounding), or undefined to leave the node as it is
 */
export type Rewrite = (graph: Graph, node: NodeValue) => Value | undefined;

/** The element that all of a constant's elements equal. */
export function readUniform(value: Value | undefined): number | undefined {
  return value?.kind === "constant" && value.elements.length === 1 ? value.elements[0] : undefined;
}
