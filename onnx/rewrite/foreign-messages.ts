import { decodeUtf8 } from "../utf8.ts";
import {
  readFields,
  readIntegers,
  type WireField,
  wrapField,
  writeNumber,
  writeNumbers,
  writeText,
} from "../wire-format.ts";

// Messages of onnx.proto as far as a graph is rewritten. Every other field, of later versions too, stays as its bytes in
// `rest`: what is not looked at is not changed.

export interface ForeignNode {
  readonly name: string;
  readonly opType: string;
  /** "" is ONNX's own operator set. */
  readonly domain: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: readonly ForeignAttribute[];
  readonly rest: readonly WireField[];
}

export interface ForeignAttribute {
  readonly name: string;
  /** The value of an integer attribute. */
  readonly integer: number | undefined;
  /** Graphs that the node runs: one in the field of a single graph, or several. */
  readonly graph: ForeignGraph | undefined;
  readonly graphs: readonly ForeignGraph[];
  readonly rest: readonly WireField[];
}

export interface ForeignTensor {
  readonly name: string;
  readonly dims: readonly number[];
  readonly hasExternalData: boolean;
  readonly rest: readonly WireField[];
}

/** An input or output of a graph. */
export interface ForeignValueInfo {
  readonly name: string;
  /** `TypeProto` and what else there is. */
  readonly rest: readonly WireField[];
}

export interface ForeignGraph {
  readonly name: string;
  readonly nodes: readonly ForeignNode[];
  readonly constants: readonly ForeignTensor[];
  readonly inputs: readonly ForeignValueInfo[];
  readonly outputs: readonly ForeignValueInfo[];
  readonly rest: readonly WireField[];
}

/** Field numbers (onnx.proto). */
const nodeFields = { input: 1, output: 2, name: 3, opType: 4, attribute: 5, domain: 7 } as const;
const attributeFields = { name: 1, integer: 3, graph: 6, graphs: 11, type: 20 } as const;
const tensorFields = { dims: 1, name: 8, externalData: 13 } as const;
const graphFields = { node: 1, name: 2, initializer: 5, input: 11, output: 12 } as const;
const valueFields = { name: 1 } as const;

/** `AttributeProto.AttributeType`. */
const attributeTypes = { integer: 2, graph: 5 } as const;

/** @throws OnnxFormatError, URIError when the bytes are no graph */
export function readGraph(content: Uint8Array): ForeignGraph {
  const fields = readFields(content);
  const read = <Message>(number: number, readOne: (bytes: Uint8Array) => Message): Message[] =>
    pick(fields, number).map((field) => readOne(field.content));
  return {
    name: readText(fields, graphFields.name),
    nodes: read(graphFields.node, readNode),
    constants: read(graphFields.initializer, readTensor),
    inputs: read(graphFields.input, readValueInfo),
    outputs: read(graphFields.output, readValueInfo),
    rest: omit(fields, graphFields),
  };
}

export function writeGraph(graph: ForeignGraph): Uint8Array[] {
  return [
    ...graph.nodes.flatMap((node) => wrapField(graphFields.node, writeNode(node))),
    writeText(graphFields.name, graph.name),
    ...graph.constants.flatMap((tensor) => wrapField(graphFields.initializer, writeTensor(tensor))),
    ...graph.inputs.flatMap((value) => wrapField(graphFields.input, writeValueInfo(value))),
    ...graph.outputs.flatMap((value) => wrapField(graphFields.output, writeValueInfo(value))),
    ...listBytes(graph.rest),
  ];
}

/** A node of ONNX's own operators, as our rewriting adds it. */
export function createNode(
  opType: string,
  name: string,
  inputs: readonly string[],
  outputs: readonly string[],
  attributes: readonly ForeignAttribute[] = [],
): ForeignNode {
  return { name, opType, domain: "", inputs, outputs, attributes, rest: [] };
}

export function createIntegerAttribute(name: string, integer: number): ForeignAttribute {
  const type = readFields(writeNumber(attributeFields.type, attributeTypes.integer));
  return { name, integer, graph: undefined, graphs: [], rest: type };
}

export function createGraphAttribute(name: string, graph: ForeignGraph): ForeignAttribute {
  const type = readFields(writeNumber(attributeFields.type, attributeTypes.graph));
  return { name, integer: undefined, graph, graphs: [], rest: type };
}

function readNode(content: Uint8Array): ForeignNode {
  const fields = readFields(content);
  return {
    name: readText(fields, nodeFields.name),
    opType: readText(fields, nodeFields.opType),
    domain: readText(fields, nodeFields.domain),
    inputs: readTexts(fields, nodeFields.input),
    outputs: readTexts(fields, nodeFields.output),
    attributes: pick(fields, nodeFields.attribute).map((field) => readAttribute(field.content)),
    rest: omit(fields, nodeFields),
  };
}

function writeNode(node: ForeignNode): Uint8Array[] {
  return [
    ...node.inputs.map((name) => writeText(nodeFields.input, name)),
    ...node.outputs.map((name) => writeText(nodeFields.output, name)),
    writeText(nodeFields.name, node.name),
    writeText(nodeFields.opType, node.opType),
    ...node.attributes.flatMap((attribute) => wrapField(nodeFields.attribute, writeAttribute(attribute))),
    writeText(nodeFields.domain, node.domain),
    ...listBytes(node.rest),
  ];
}

function readAttribute(content: Uint8Array): ForeignAttribute {
  const fields = readFields(content);
  return {
    name: readText(fields, attributeFields.name),
    integer: pick(fields, attributeFields.integer).flatMap(readIntegers).at(-1),
    graph: pick(fields, attributeFields.graph)
      .map((field) => readGraph(field.content))
      .at(-1),
    graphs: pick(fields, attributeFields.graphs).map((field) => readGraph(field.content)),
    rest: fields.filter(({ number }) => !holdsValue(number)),
  };
}

const holdsValue = (number: number): boolean =>
  [attributeFields.name, attributeFields.integer, attributeFields.graph, attributeFields.graphs].some(
    (one) => one === number,
  );

function writeAttribute({ name, integer, graph, graphs, rest }: ForeignAttribute): Uint8Array[] {
  return [
    writeText(attributeFields.name, name),
    ...(integer === undefined ? [] : [writeNumber(attributeFields.integer, integer)]),
    ...(graph === undefined ? [] : wrapField(attributeFields.graph, writeGraph(graph))),
    ...graphs.flatMap((one) => wrapField(attributeFields.graphs, writeGraph(one))),
    ...listBytes(rest),
  ];
}

function readTensor(content: Uint8Array): ForeignTensor {
  const fields = readFields(content);
  return {
    name: readText(fields, tensorFields.name),
    dims: pick(fields, tensorFields.dims).flatMap(readIntegers),
    hasExternalData: pick(fields, tensorFields.externalData).length > 0,
    rest: fields.filter(({ number }) => number !== tensorFields.dims && number !== tensorFields.name),
  };
}

function writeTensor({ name, dims, rest }: ForeignTensor): Uint8Array[] {
  return [...writeNumbers(tensorFields.dims, dims), writeText(tensorFields.name, name), ...listBytes(rest)];
}

function readValueInfo(content: Uint8Array): ForeignValueInfo {
  const fields = readFields(content);
  return { name: readText(fields, valueFields.name), rest: omit(fields, valueFields) };
}

function writeValueInfo({ name, rest }: ForeignValueInfo): Uint8Array[] {
  return [writeText(valueFields.name, name), ...listBytes(rest)];
}

/** Fields of one number, in their order. */
export function pick(fields: readonly WireField[], number: number): WireField[] {
  return fields.filter((field) => field.number === number);
}

/** The last one, as protobuf reads a field that stands twice; "" where there is none. */
export function readText(fields: readonly WireField[], number: number): string {
  return readTexts(fields, number).at(-1) ?? "";
}

function readTexts(fields: readonly WireField[], number: number): string[] {
  return pick(fields, number).map(({ content }) => decodeUtf8(content));
}

function omit(fields: readonly WireField[], known: Readonly<Record<string, number>>): WireField[] {
  const numbers = new Set(Object.values(known));
  return fields.filter(({ number }) => !numbers.has(number));
}

function listBytes(fields: readonly WireField[]): Uint8Array[] {
  return fields.map(({ bytes }) => bytes);
}
