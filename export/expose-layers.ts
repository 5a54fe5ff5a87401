import type { Model, Node, ValueInfo } from "../onnx/graph.ts";
import type { Value } from "./graph/value.ts";

/**
 * Adds the output of each layer, in TF.js's order of axes, under the layer's name (nested: `outer/inner`). The graph
 * computes what it computed before: a layer whose own result is gone, such as a convolution that has taken in its
 * normalisation, is left out.
 */
export function exposeLayers(model: Model, layers: ReadonlyMap<string, Value>): Model {
  const made = new Set([
    ...model.nodes.flatMap((node) => node.outputs),
    ...model.inputs.map(({ name }) => name),
  ]);
  const taken = new Set([...made, ...model.constants.map(({ name }) => name)]);
  const nodes: Node[] = [];
  const outputs: ValueInfo[] = [];
  for (const [layerName, value] of layers) {
    if (!made.has(value.name) || taken.has(layerName)) continue;
    nodes.push(showValue(layerName, value));
    const dims = value.dims.map((size, axis) => size ?? (axis === 0 ? "batch" : `${layerName}_axis${axis}`));
    outputs.push({ name: layerName, elementType: value.elementType, dims });
  }
  return { ...model, nodes: [...model.nodes, ...nodes], outputs: [...model.outputs, ...outputs] };
}

function showValue(layerName: string, { name, layout, dims }: Value): Node {
  const isMoved = layout === "channels-first" && dims.length > 2;
  const perm = [0, ...dims.slice(2).map((_, index) => index + 2), 1];
  return {
    name: `${layerName}/shown`,
    opType: isMoved ? "Transpose" : "Identity",
    domain: "",
    inputs: [name],
    outputs: [layerName],
    attributes: isMoved ? new Map([["perm", { type: "ints", value: perm }]]) : new Map(),
  };
}
