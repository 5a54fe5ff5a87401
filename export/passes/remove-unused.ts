import type { Model } from "../../onnx/graph.ts";

/** Removes nodes that lead to no output, and constants that no node takes. */
export function removeUnused(model: Model): Model {
  const needed = new Set(model.outputs.map(({ name }) => name));
  const nodes = [...model.nodes]
    .reverse()
    .filter((node) => {
      const isNeeded = node.outputs.some((output) => needed.has(output));
      if (isNeeded) for (const input of node.inputs) needed.add(input);
      return isNeeded;
    })
    .reverse();
  return { ...model, nodes, constants: model.constants.filter(({ name }) => needed.has(name)) };
}
