import type { Model, Node } from "../../onnx/graph.ts";
import { renameInputs } from "./rewrite.ts";

/** Removes Identity nodes. One that names a graph output gives this name to the node before it. */
export function removeIdentities(model: Model): Model {
  let current = model;
  for (const node of model.nodes) {
    if (node.opType === "Identity") current = bypass(current, node.name);
  }
  return current;
}

function bypass(model: Model, nodeName: string): Model {
  const node = model.nodes.find(({ name }) => name === nodeName);
  const input = node?.inputs[0];
  const output = node?.outputs[0];
  if (input === undefined || output === undefined) return model;
  const others = model.nodes.filter((other) => other !== node);
  const outputNames = new Set(model.outputs.map(({ name }) => name));
  if (!outputNames.has(output)) return { ...model, nodes: renameInputs(others, new Map([[output, input]])) };
  // An input or constant cannot become an output, nor can one value be two outputs, without a node between.
  const isMade = others.some((other) => other.outputs.includes(input));
  if (!isMade || outputNames.has(input)) return model;
  const renamed = new Map([[input, output]]);
  return { ...model, nodes: renameInputs(others, renamed).map((other) => renameOutputs(other, renamed)) };
}

function renameOutputs(node: Node, renamed: ReadonlyMap<string, string>): Node {
  return { ...node, outputs: node.outputs.map((output) => renamed.get(output) ?? output) };
}
