import type { Graph } from "../graph/graph.ts";
import type { Value } from "../graph/value.ts";
import type { Lower } from "./entry.ts";

type Lowered = Value | readonly Value[];

/** Lowers a kernel with one input. */
export function one(lower: (graph: Graph, x: Value) => Lowered): Lower {
  return (graph, [x]) => lower(graph, expectValue(x));
}

/** Lowers a kernel with two inputs. */
export function two(lower: (graph: Graph, a: Value, b: Value) => Lowered): Lower {
  return (graph, [a, b]) => lower(graph, expectValue(a), expectValue(b));
}

/** Lowers a kernel with three inputs. */
export function three(lower: (graph: Graph, a: Value, b: Value, c: Value) => Lowered): Lower {
  return (graph, [a, b, c]) => lower(graph, expectValue(a), expectValue(b), expectValue(c));
}

function expectValue(value: Value | undefined): Value {
  if (value === undefined) throw new RangeError("lower: expected as many inputs as the kernel reads");
  return value;
}
