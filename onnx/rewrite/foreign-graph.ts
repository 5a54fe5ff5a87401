import {
  type ForeignGraph,
  type ForeignNode,
  type ForeignTensor,
  type ForeignValueInfo,
  pick,
  readGraph,
  readText,
} from "./foreign-messages.ts";
import { OnnxFormatError, readFields, readIntegers, type WireField } from "../wire-format.ts";

/** A value that a model takes or gives. A dynamic size is its name, or "?" where it has none. */
export interface ForeignValue {
  readonly name: string;
  /** `TensorProto.DataType`: 1 is float32. */
  readonly elementCode: number;
  readonly dims: readonly (number | string)[];
}

/** A model that others made, as far as it can be described without running it. */
export interface ForeignModel {
  readonly irVersion: number;
  readonly graph: ForeignGraph;
  /** Fields of the `ModelProto`. */
  readonly fields: readonly WireField[];
  readonly inputs: readonly ForeignValue[];
  readonly outputs: readonly ForeignValue[];
  /** Version of ONNX's own operators. */
  readonly opset: number;
  /** Whether tensors lie in other files. */
  readonly hasExternalData: boolean;
}

/** Field numbers of `ModelProto` and `OperatorSetIdProto` (onnx.proto). */
export const modelFields = { irVersion: 1, graph: 7, opsetImport: 8, functions: 25 } as const;
const operatorSetFields = { domain: 1, version: 2 } as const;

/** @throws OnnxFormatError when the bytes are no ONNX model */
export function readForeignModel(bytes: Uint8Array): ForeignModel {
  const fields = readFields(bytes);
  const graph = decodeGraph(bytes, fields);
  const constants = new Set(graph.constants.map(({ name }) => name));
  return {
    irVersion: readInteger(fields, modelFields.irVersion),
    graph,
    fields,
    inputs: graph.inputs.filter(({ name }) => !constants.has(name)).map(readValue),
    outputs: graph.outputs.map(readValue),
    opset: readOpset(fields),
    hasExternalData: graph.constants.some(({ hasExternalData }) => hasExternalData),
  };
}

function decodeGraph(bytes: Uint8Array, fields: readonly WireField[]): ForeignGraph {
  const [field] = pick(fields, modelFields.graph).filter(({ wireType }) => wireType === 2);
  if (field === undefined) throw new OnnxFormatError(`${bytes.length} bytes without a graph`);
  let graph: ForeignGraph;
  try {
    graph = readGraph(field.content);
  } catch (error) {
    throw new OnnxFormatError(`${bytes.length} bytes that do not read as one`, { cause: error });
  }
  if (graph.nodes.length === 0) throw new OnnxFormatError(`${bytes.length} bytes without a graph`);
  return graph;
}

function readOpset(fields: readonly WireField[]): number {
  const own = pick(fields, modelFields.opsetImport).find((field) => readDomain(field) === "");
  return own === undefined ? 0 : readInteger(readFields(own.content), operatorSetFields.version);
}

/** The domain of a field that holds an operator set: "" is ONNX's own. */
export function readDomain({ content }: WireField): string {
  return readText(readFields(content), operatorSetFields.domain);
}

/** 0 where there is none, as protobuf has it. */
function readInteger(fields: readonly WireField[], number: number): number {
  return pick(fields, number).flatMap(readIntegers).at(-1) ?? 0;
}

/** `ValueInfoProto`: type 2 > tensor_type 1 > elem_type 1, shape 2 > dim 1 > dim_value 1 or dim_param 2. */
function readValue({ name, rest }: ForeignValueInfo): ForeignValue {
  const tensor = enter(enter(rest, 2), 1);
  const dims = pick(enter(tensor, 2), 1).map(({ content }) => {
    const dimension = readFields(content);
    const size = readInteger(dimension, 1);
    if (size > 0) return size;
    const symbol = readText(dimension, 2);
    return symbol === "" ? "?" : symbol;
  });
  return { name, elementCode: readInteger(tensor, 1), dims };
}

/** The fields of the message in a field; none where there is no such field. */
function enter(fields: readonly WireField[], number: number): WireField[] {
  const field = pick(fields, number).at(-1);
  return field === undefined ? [] : readFields(field.content);
}

/** What of a graph makes one of its outputs: nodes in their order, and the tensors they use. */
export interface GraphPart {
  readonly nodes: readonly ForeignNode[];
  readonly constants: readonly ForeignTensor[];
}

/** Leaves out everything that `output` does not need, such as the classifier behind an embedding. */
export function pruneTo(graph: ForeignGraph, output: string): GraphPart {
  const needed = new Set([output]);
  const nodes: ForeignNode[] = [];
  for (const node of graph.nodes.toReversed()) {
    if (!node.outputs.some((name) => needed.has(name))) continue;
    nodes.unshift(node);
    for (const name of listUses(node)) needed.add(name);
  }
  const constants = graph.constants.filter(({ name }) => needed.has(name));
  return { nodes, constants };
}

/** Inputs of a node, and what the graphs inside it take from around them. */
export function listUses(node: ForeignNode): string[] {
  return [...node.inputs, ...listGraphs(node).flatMap(({ nodes }) => nodes.flatMap(listUses))];
}

function listGraphs({ attributes }: ForeignNode): ForeignGraph[] {
  return attributes.flatMap(({ graph, graphs }) => [...(graph === undefined ? [] : [graph]), ...graphs]);
}

/** The same part with every name replaced, those of inner graphs too. "" stays: it leaves an optional input out. */
export function renamePart({ nodes, constants }: GraphPart, rename: (name: string) => string): GraphPart {
  const renameOne = (name: string): string => (name === "" ? "" : rename(name));
  const renameNode = (node: ForeignNode): ForeignNode => ({
    ...node,
    name: renameOne(node.name),
    inputs: node.inputs.map(renameOne),
    outputs: node.outputs.map(renameOne),
    attributes: node.attributes.map((attribute) => ({
      ...attribute,
      graph: attribute.graph && renameGraph(attribute.graph),
      graphs: attribute.graphs.map(renameGraph),
    })),
  });
  const renameNamed = <Named extends { readonly name: string }>(named: Named): Named => ({
    ...named,
    name: renameOne(named.name),
  });
  const renameGraph = (graph: ForeignGraph): ForeignGraph => ({
    name: graph.name === "" ? "graph" : graph.name,
    nodes: graph.nodes.map(renameNode),
    constants: graph.constants.map(renameNamed),
    inputs: graph.inputs.map(renameNamed),
    outputs: graph.outputs.map(renameNamed),
    rest: [],
  });
  return { nodes: nodes.map(renameNode), constants: constants.map(renameNamed) };
}
