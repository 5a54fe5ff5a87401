import { at } from "../../common/at.ts";
import type { Model, Node } from "../../onnx/graph.ts";

/** Two Transposes in a row become one, and one that moves nothing becomes an Identity. */
export function cancelTransposes(model: Model): Model {
  const producers = new Map<string, Node>();
  const nodes = model.nodes.map((node) => {
    const merged = mergeTranspose(node, producers);
    for (const output of merged.outputs) producers.set(output, merged);
    return merged;
  });
  return { ...model, nodes };
}

function mergeTranspose(node: Node, producers: ReadonlyMap<string, Node>): Node {
  const outer = readPerm(node);
  if (outer === undefined) return node;
  const before = producers.get(at(node.inputs, 0));
  const inner = before && readPerm(before);
  const perm = inner === undefined ? outer : outer.map((axis) => at(inner, axis));
  const inputs = inner === undefined ? node.inputs : (before?.inputs ?? node.inputs);
  if (perm.every((axis, index) => axis === index)) {
    return { ...node, opType: "Identity", inputs, attributes: new Map() };
  }
  return { ...node, inputs, attributes: new Map([["perm", { type: "ints", value: perm }]]) };
}

function readPerm({ opType, attributes }: Node): readonly number[] | undefined {
  const perm = attributes.get("perm");
  return opType === "Transpose" && perm?.type === "ints" ? perm.value : undefined;
}
