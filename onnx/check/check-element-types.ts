import type { ElementType } from "../element-types.ts";
import type { Model, Node } from "../graph.ts";
import { inferElementTypes } from "./infer-element-types.ts";

const floats = ["float32", "float16", "float64"] as const satisfies readonly ElementType[];
const numbers = [...floats, "int32", "int64"] as const;
const indices = ["int32", "int64"] as const;
const int64 = ["int64"] as const;
const int32 = ["int32"] as const;
const bool = ["bool"] as const;

/** What an operator takes: the types that its first inputs may have, all the same one, and those of single others. */
interface TypeRule {
  readonly allowed: readonly ElementType[];
  /** How many inputs share a type; all by default. */
  readonly sharedInputs?: number;
  /** By place. */
  readonly others?: Readonly<Record<number, readonly ElementType[]>>;
}

const anyType: readonly ElementType[] = [...numbers, "int8", "uint8", "bool"];
const floatRule: TypeRule = { allowed: floats };
const numberRule: TypeRule = { allowed: numbers };
const boolRule: TypeRule = { allowed: bool };
const reduceRule: TypeRule = { allowed: numbers, sharedInputs: 1, others: { 1: int64 } };
const recurrentRule: TypeRule = { allowed: floats, others: { 4: int32 } };
const shapeRule: TypeRule = { allowed: anyType, sharedInputs: 1, others: { 1: int64 } };

/**
 * What ONNX (onnx/docs/Operators.md) and ONNX Runtime's CPU kernels both take, of the operators that we write. An
 * operator without a rule is not checked.
 */
const rules: Readonly<Record<string, TypeRule>> = {
  ...rulesOf(
    floatRule,
    "AveragePool Conv ConvTranspose Elu Erf Exp Floor Gelu Gemm HardSigmoid LayerNormalization",
  ),
  ...rulesOf(floatRule, "LeakyRelu Log LogSoftmax MaxPool Mish PRelu Selu Sigmoid Softmax Softplus Softsign"),
  ...rulesOf(floatRule, "Sqrt Tanh ThresholdedRelu"),
  ...rulesOf(numberRule, "Abs Add Div Max Min MatMul Mul Neg Sub Clip Less Greater Range"),
  ...rulesOf(boolRule, "And Not Or"),
  ...rulesOf(reduceRule, "ReduceMax ReduceMean ReduceMin ReduceSum"),
  ...rulesOf({ ...reduceRule, allowed: floats }, "ReduceLogSumExp"),
  ...rulesOf(recurrentRule, "GRU LSTM RNN"),
  ...rulesOf(shapeRule, "Expand Reshape Squeeze Tile Unsqueeze"),
  Relu: { allowed: [...floats, "int32"] },
  Concat: { allowed: anyType },
  CumSum: { allowed: numbers, sharedInputs: 1, others: { 1: indices } },
  Equal: { allowed: anyType },
  Gather: { allowed: anyType, sharedInputs: 1, others: { 1: indices } },
  GatherND: { allowed: anyType, sharedInputs: 1, others: { 1: int64 } },
  Pad: { allowed: numbers, sharedInputs: 1, others: { 1: int64 } },
  Resize: { allowed: ["float32", "float16", "int32"], sharedInputs: 1, others: { 3: int64 } },
  Slice: { allowed: anyType, sharedInputs: 1, others: { 1: indices, 2: indices, 3: indices, 4: indices } },
  TopK: { allowed: numbers, sharedInputs: 1, others: { 1: int64 } },
};

function rulesOf(rule: TypeRule, opTypes: string): Record<string, TypeRule> {
  return Object.fromEntries(opTypes.split(" ").map((opType) => [opType, rule]));
}

/** Nodes whose inputs have types that a runtime would refuse, and outputs that are declared with another than theirs. */
export function findTypeProblems(model: Model): string[] {
  const types = inferElementTypes(model);
  const outputs = model.outputs.flatMap(({ name, elementType }) => {
    const actual = types.get(name);
    return actual === undefined || actual === elementType
      ? []
      : [`graph output ${name}: declared as ${elementType}, but it is ${actual}`];
  });
  return [...model.nodes.flatMap((node) => checkNode(node, types)), ...outputs];
}

function checkNode(node: Node, types: ReadonlyMap<string, ElementType>): string[] {
  const rule = node.domain === "" ? rules[node.opType] : undefined;
  if (rule === undefined) return [];
  const { allowed, sharedInputs = Infinity, others = {} } = rule;
  const problems: string[] = [];
  let shared: ElementType | undefined;
  for (const [place, input] of node.inputs.entries()) {
    const type = types.get(input);
    if (type === undefined) continue;
    const own = others[place];
    const expected = own ?? (place < sharedInputs ? allowed : anyType);
    if (own === undefined && place < sharedInputs) shared ??= type;
    const isAllowed =
      expected.includes(type) && (own !== undefined || place >= sharedInputs || type === shared);
    if (isAllowed) continue;
    const wanted =
      shared !== undefined && shared !== type && own === undefined ? shared : expected.join(" or ");
    problems.push(
      `${node.name} (${node.opType}): expected ${wanted} as input ${place}, got ${type} of ${input}`,
    );
  }
  return problems;
}
