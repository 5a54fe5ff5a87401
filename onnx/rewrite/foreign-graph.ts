import onnxProto from "onnx-proto";
import { OnnxFormatError, readFields } from "../wire-format.ts";

const { onnx } = onnxProto;
type ModelProto = onnxProto.onnx.IModelProto;
type GraphProto = onnxProto.onnx.IGraphProto;
type NodeProto = onnxProto.onnx.INodeProto;
type TensorProto = onnxProto.onnx.ITensorProto;

/** A value that a model takes or gives. A dynamic size is its name, or "?" where it has none. */
export interface ForeignValue {
  readonly name: string;
  /** `TensorProto.DataType`: 1 is float32. */
  readonly elementCode: number;
  readonly dims: readonly (number | string)[];
}

/** A model that others made, as far as it can be described without running it. */
export interface ForeignModel {
  readonly proto: ModelProto;
  readonly inputs: readonly ForeignValue[];
  readonly outputs: readonly ForeignValue[];
  /** Version of ONNX's own operators. */
  readonly opset: number;
  /** Whether tensors lie in other files. */
  readonly hasExternalData: boolean;
}

/** @throws OnnxFormatError when the bytes are no ONNX model */
export function readForeignModel(bytes: Uint8Array): ForeignModel {
  readFields(bytes); // refuses what is no protobuf, in words; the decoder below would take many a text for a model
  const proto = decode(bytes);
  const { graph } = proto;
  if (graph?.node === undefined || graph.node === null || graph.node.length === 0)
    throw new OnnxFormatError(`${bytes.length} bytes without a graph`);
  const constants = new Set((graph.initializer ?? []).map(({ name }) => name));
  const ownOperators = (proto.opsetImport ?? []).find(({ domain }) => (domain ?? "") === "");
  return {
    proto,
    inputs: (graph.input ?? []).filter(({ name }) => !constants.has(name)).map(readValue),
    outputs: (graph.output ?? []).map(readValue),
    opset: Number(ownOperators?.version ?? 0),
    hasExternalData: (graph.initializer ?? []).some(({ externalData }) => (externalData ?? []).length > 0),
  };
}

function decode(bytes: Uint8Array): ModelProto {
  try {
    return onnx.ModelProto.decode(bytes);
  } catch (error) {
    throw new OnnxFormatError(`${bytes.length} bytes that do not read as one`, { cause: error });
  }
}

function readValue({ name, type }: onnxProto.onnx.IValueInfoProto): ForeignValue {
  const tensor = type?.tensorType;
  const dims = (tensor?.shape?.dim ?? []).map(({ dimValue, dimParam }) => {
    const size = Number(dimValue ?? 0);
    if (size > 0) return size;
    return dimParam === undefined || dimParam === null || dimParam === "" ? "?" : dimParam;
  });
  return { name: name ?? "", elementCode: tensor?.elemType ?? 0, dims };
}

/** What of a graph makes one of its outputs: nodes in their order, and the tensors they use. */
export interface GraphPart {
  readonly nodes: readonly NodeProto[];
  readonly constants: readonly TensorProto[];
}

/** Leaves out everything that `output` does not need, such as the classifier behind an embedding. */
export function pruneTo(graph: GraphProto, output: string): GraphPart {
  const needed = new Set([output]);
  const nodes: NodeProto[] = [];
  for (const node of (graph.node ?? []).toReversed()) {
    if (!(node.output ?? []).some((name) => needed.has(name))) continue;
    nodes.unshift(node);
    for (const name of listUses(node)) needed.add(name);
  }
  const constants = (graph.initializer ?? []).filter(({ name }) => needed.has(name ?? ""));
  return { nodes, constants };
}

/** Inputs of a node, and what the graphs inside it take from around them. */
export function listUses(node: NodeProto): string[] {
  const inner = listGraphs(node).flatMap((graph) => (graph.node ?? []).flatMap(listUses));
  return [...(node.input ?? []), ...inner];
}

function listGraphs({ attribute }: NodeProto): GraphProto[] {
  return (attribute ?? []).flatMap(({ g, graphs }) => [...(g ? [g] : []), ...(graphs ?? [])]);
}

/** The same part with every name replaced, those of inner graphs too. "" stays: it leaves an optional input out. */
export function renamePart({ nodes, constants }: GraphPart, rename: (name: string) => string): GraphPart {
  const renameOne = (name: string): string => (name === "" ? "" : rename(name));
  const renameNode = (node: NodeProto): NodeProto => ({
    ...node,
    name: renameOne(node.name ?? ""),
    input: (node.input ?? []).map(renameOne),
    output: (node.output ?? []).map(renameOne),
    attribute: (node.attribute ?? []).map((attribute) => ({
      ...attribute,
      ...(attribute.g && { g: renameGraph(attribute.g) }),
      ...(attribute.graphs && { graphs: attribute.graphs.map(renameGraph) }),
    })),
  });
  const renameNamed = <Named extends { name?: string | null }>(named: Named): Named => ({
    ...named,
    name: renameOne(named.name ?? ""),
  });
  const renameGraph = (graph: GraphProto): GraphProto => ({
    name: graph.name ?? "graph",
    node: (graph.node ?? []).map(renameNode),
    initializer: (graph.initializer ?? []).map(renameNamed),
    input: (graph.input ?? []).map(renameNamed),
    output: (graph.output ?? []).map(renameNamed),
  });
  return { nodes: nodes.map(renameNode), constants: constants.map(renameNamed) };
}

/**
 * Splits off the nodes that compute from constants alone, which a runtime folds when it opens the file.
 * @param varying names that change from run to run
 */
export function splitConstantNodes(
  { nodes, constants }: GraphPart,
  varying: readonly string[],
): { readonly constantNodes: readonly NodeProto[]; readonly varyingNodes: readonly NodeProto[] } {
  const fixed = new Set(constants.map(({ name }) => name ?? ""));
  const constantNodes: NodeProto[] = [];
  const varyingNodes: NodeProto[] = [];
  for (const node of nodes) {
    const isFixed = listUses(node).every(
      (name) => name === "" || (fixed.has(name) && !varying.includes(name)),
    );
    const isSimple = listGraphs(node).length === 0 && !randomOperators.has(node.opType ?? "");
    if (isFixed && isSimple) {
      constantNodes.push(node);
      for (const name of node.output ?? []) fixed.add(name);
    } else varyingNodes.push(node);
  }
  return { constantNodes, varyingNodes };
}

const randomOperators = new Set(["RandomNormal", "RandomUniform", "Multinomial", "Bernoulli"]);
