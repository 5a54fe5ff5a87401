import { findTypeProblems } from "./check-element-types.ts";
import { elementTypes } from "../element-types.ts";
import type { Constant, Model } from "../graph.ts";

/**
 * What ONNX demands of any graph (IR.md, "Graphs"): each value is made once and before it is used, node names are
 * unique, outputs exist, a constant's data fits its dims, operators take the element types that they get. Their other
 * rules are the checker's and the runtime's.
 * @throws Error that lists every violation
 */
export function checkModel(model: Model): void {
  const problems = [
    ...findValueProblems(model),
    ...findConstantProblems(model.constants),
    ...findTypeProblems(model),
  ];
  if (problems.length > 0) throw new Error(`invalid ONNX graph:\n  ${problems.join("\n  ")}`);
}

function findValueProblems({ inputs, outputs, nodes, constants }: Model): string[] {
  const problems: string[] = [];
  const known = new Set<string>();
  const nodeNames = new Set<string>();
  const define = (name: string, owner: string) => {
    if (known.has(name)) problems.push(`${owner}: the value ${name} is made twice`);
    known.add(name);
  };
  for (const { name } of inputs) define(name, "graph input");
  for (const { name } of constants) define(name, "constant");
  for (const node of nodes) {
    const title = `${node.name} (${node.opType})`;
    if (nodeNames.has(node.name)) problems.push(`${title}: the node name is used twice`);
    nodeNames.add(node.name);
    for (const input of node.inputs) {
      if (input !== "" && !known.has(input))
        problems.push(`${title}: its input ${input} is not made before it`);
    }
    for (const output of node.outputs) if (output !== "") define(output, title);
  }
  for (const { name } of outputs)
    if (!known.has(name)) problems.push(`graph output ${name}: nothing makes it`);
  if (outputs.length === 0) problems.push("graph: expected at least one output");
  return problems;
}

function findConstantProblems(constants: readonly Constant[]): string[] {
  return constants.flatMap(({ name, dims, data, elementType }) => {
    const expected = dims.reduce((product, dim) => product * dim, 1);
    if (data.length !== expected) {
      return [`constant ${name}: expected ${expected} elements for [${dims.join(", ")}], got ${data.length}`];
    }
    return data.BYTES_PER_ELEMENT === elementTypes[elementType].bytes
      ? []
      : [`constant ${name}: expected ${elementType}, got elements of ${data.BYTES_PER_ELEMENT} bytes`];
  });
}
