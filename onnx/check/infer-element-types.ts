import type { Attribute } from "../attributes.ts";
import { type ElementType, elementTypes } from "../element-types.ts";
import type { Model, Node } from "../graph.ts";

const typesByCode = new Map<number, string>(
  Object.entries(elementTypes).map(([name, { code }]) => [code, name]),
);

/** Whose outputs have a type of their own. */
const fixedTypes: Readonly<Record<string, readonly ElementType[]>> = {
  Shape: ["int64"],
  Size: ["int64"],
  ArgMax: ["int64"],
  ArgMin: ["int64"],
  NonZero: ["int64"],
  Equal: ["bool"],
  Greater: ["bool"],
  GreaterOrEqual: ["bool"],
  Less: ["bool"],
  LessOrEqual: ["bool"],
  Not: ["bool"],
  And: ["bool"],
  Or: ["bool"],
  Xor: ["bool"],
  IsInf: ["bool"],
  IsNaN: ["bool"],
  ConvInteger: ["int32"],
  MatMulInteger: ["int32"],
  DynamicQuantizeLinear: ["uint8", "float32", "uint8"],
};

/** Whose outputs are of the type of another input than the first: its place. */
const typeGivers: Readonly<Record<string, number>> = {
  Where: 1,
  OneHot: 2,
  DequantizeLinear: 1,
  QuantizeLinear: 2,
};

/** Whose outputs have the types that their bodies give, which are not followed. */
const bodyOperators: ReadonlySet<string> = new Set(["Scan", "Loop", "If"]);

/** The element type of every value of a model, as its operators define it (onnx/docs/Operators.md). */
export function inferElementTypes(model: Model): Map<string, ElementType> {
  const types = new Map<string, ElementType>();
  for (const { name, elementType } of [...model.inputs, ...model.constants]) types.set(name, elementType);
  for (const node of model.nodes) {
    for (const [index, output] of node.outputs.entries()) {
      const type = inferType(node, index, types);
      if (output !== "" && type !== undefined) types.set(output, type);
    }
  }
  return types;
}

function inferType(node: Node, output: number, types: ReadonlyMap<string, ElementType>) {
  const fixed = fixedTypes[node.opType];
  if (fixed !== undefined) return fixed[output];
  if (node.opType === "Cast") return readType(node.attributes.get("to"));
  if (node.opType === "Constant") return readConstantType(node.attributes);
  if (node.opType === "TopK" && output === 1) return "int64";
  if (bodyOperators.has(node.opType)) return undefined;
  const giver = node.inputs[typeGivers[node.opType] ?? 0];
  return giver === undefined ? undefined : types.get(giver);
}

function readType(to: Attribute | undefined): ElementType | undefined {
  const name = to?.type === "int" ? typesByCode.get(to.value) : undefined;
  return name !== undefined && isElementType(name) ? name : undefined;
}

/** Of the attributes that we write: `value_float(s)` and `value_int(s)`. */
function readConstantType(attributes: Node["attributes"]): ElementType {
  return attributes.has("value_float") || attributes.has("value_floats") ? "float32" : "int64";
}

function isElementType(name: string): name is ElementType {
  return name in elementTypes;
}
