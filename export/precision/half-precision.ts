import { at } from "../../common/at.ts";
import { elementTypes } from "../../onnx/element-types.ts";
import { toFloat16 } from "../../onnx/float16.ts";
import type { Constant, Model, Node } from "../../onnx/graph.ts";
import { inferElementTypes } from "../../onnx/check/infer-element-types.ts";
import { isFloatConstant, makeNode } from "./int8-weights.ts";

/** Inputs that stay float32 beside float16 data: Resize's scales. */
const float32Inputs: Readonly<Record<string, readonly number[]>> = { Resize: [1, 2] };

/** What a node gives has nothing to do with the type of what it takes. */
const typeless = ["Shape", "Size"];

/**
 * The network in float16: weights, and every value that comes from a float input of the network or from a weight.
 * Inputs and outputs of the model stay float32, and so does what comes before `from` (the feature graph, whose numbers
 * float16 cannot hold) and what is computed from shapes alone (positions). A runtime without float16 arithmetic puts
 * Casts around the operators that it lacks, as ONNX Runtime does on the CPU.
 * @param from the network's inputs: values of the graph
 */
export function toHalfPrecision(model: Model, from: readonly string[]): Model {
  const types = inferElementTypes(model);
  const constants = new Map(model.constants.map((constant) => [constant.name, constant]));
  const literals = new Map(
    model.nodes.filter(({ opType }) => opType === "Constant").map((node) => [at(node.outputs, 0), node]),
  );
  const outputs = new Set(model.outputs.map(({ name }) => name));
  const halves = new Map<string, string>(); // float32 value -> its float16 twin
  const added: Constant[] = [];
  const nodes: Node[] = [];

  const toHalf = (value: string): string => {
    const known = halves.get(value);
    if (known !== undefined) return known;
    const name = `${value}/fp16`;
    halves.set(value, name);
    const stored = constants.get(value) ?? readLiteral(literals.get(value), value);
    if (stored !== undefined && isFloatConstant(stored)) {
      added.push({ ...stored, name, elementType: "float16", data: toFloat16(stored.data) });
    } else nodes.push(makeCast(name, value, "float16"));
    return name;
  };

  const startsHalf = (value: string): boolean =>
    halves.has(value) ||
    (types.get(value) === "float32" && (from.includes(value) || constants.get(value)?.isParameter === true));

  for (const node of model.nodes) {
    if (typeless.includes(node.opType) || !node.inputs.some(startsHalf)) {
      nodes.push(node);
      continue;
    }
    const inputs = node.inputs.map((input, place) => {
      const stays = float32Inputs[node.opType]?.includes(place) === true;
      return types.get(input) === "float32" && !stays ? toHalf(input) : input;
    });
    const made = node.outputs.map((output) => {
      if (output === "" || types.get(output) !== "float32") return output;
      halves.set(output, `${output}/fp16`);
      return `${output}/fp16`;
    });
    const isCast = node.opType === "Cast" && types.get(at(node.outputs, 0)) === "float32";
    nodes.push({ ...node, inputs, outputs: made, ...(isCast && { attributes: castTo("float16") }) });
    for (const [place, output] of node.outputs.entries()) {
      const half = at(made, place);
      // Only where float32 is asked for; what is left over is removed with the unused.
      if (half !== output && outputs.has(output)) nodes.push(makeCast(output, half, "float32"));
    }
  }
  return dropUnused({ ...model, nodes, constants: [...model.constants, ...added] }, types, halves);
}

/** Shape and its like take the float16 twin, and constants that nothing takes any more go. */
function dropUnused(
  model: Model,
  types: ReadonlyMap<string, string>,
  halves: ReadonlyMap<string, string>,
): Model {
  const made = new Set([
    ...model.inputs.map(({ name }) => name),
    ...model.constants.map(({ name }) => name),
    ...model.nodes.flatMap((node) => node.outputs),
  ]);
  const nodes = model.nodes.map((node) => ({
    ...node,
    inputs: node.inputs.map((input) =>
      made.has(input) || types.get(input) !== "float32" ? input : (halves.get(input) ?? input),
    ),
  }));
  const used = new Set([...nodes.flatMap((node) => node.inputs), ...model.outputs.map(({ name }) => name)]);
  return {
    ...model,
    nodes: nodes.filter(({ opType, outputs }) => opType !== "Constant" || outputs.some((o) => used.has(o))),
    constants: model.constants.filter(({ name }) => used.has(name)),
  };
}

function readLiteral(node: Node | undefined, name: string): Constant | undefined {
  const [attribute] = node?.attributes.values() ?? [];
  if (attribute?.type === "float") return makeLiteral(name, [attribute.value], []);
  return attribute?.type === "floats"
    ? makeLiteral(name, attribute.value, [attribute.value.length])
    : undefined;
}

function makeLiteral(name: string, values: readonly number[], dims: readonly number[]): Constant {
  return { name, elementType: "float32", dims, data: Float32Array.from(values), isParameter: false };
}

function makeCast(output: string, input: string, to: "float16" | "float32"): Node {
  return makeNode("Cast", output, [input], castTo(to));
}

function castTo(to: "float16" | "float32"): Node["attributes"] {
  return new Map([["to", { type: "int", value: elementTypes[to].code }]]);
}
