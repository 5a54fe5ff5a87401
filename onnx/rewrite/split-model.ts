import { decodeUtf8, encodeUtf8 } from "../utf8.ts";
import {
  concatenate,
  OnnxFormatError,
  readFields,
  readVarints,
  type WireField,
  writeField,
  writeNumber,
} from "../wire-format.ts";

/** Field numbers of onnx.proto. */
const modelFields = { graph: 7 } as const;
const graphFields = { node: 1, initializer: 5, input: 11, output: 12, valueInfo: 13 } as const;
const nodeFields = { input: 1, output: 2, attribute: 5 } as const;
const attributeFields = { name: 1, graph: 6, ints: 8, graphs: 11 } as const;
const nameOf = { [graphFields.initializer]: 8, [graphFields.input]: 1, [graphFields.output]: 1 } as const;

/** A node, as far as a place to cut is chosen by it. */
export interface GraphNode {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** An attribute that lists whole numbers from 0; undefined where there is none of that name. */
  readonly readInts: (name: string) => readonly number[] | undefined;
}

/** With the field that holds all of it. */
interface Node extends GraphNode {
  readonly field: WireField;
}

/** Two ONNX files that do one's work after one another. */
export interface SplitModel {
  /** The model's inputs to the tensor. */
  readonly before: Uint8Array;
  /** The tensor to the model's outputs. */
  readonly after: Uint8Array;
}

/**
 * Cuts a model in two at a tensor, reading no more of the file than the names in it: what makes the tensor, and what
 * the outputs are made of from it.
 * @param findTensor picks the tensor; undefined when the graph has no such place
 * @param dimensions of the tensor, float32; a name is a dynamic one
 * @param wanted outputs of the second half; all of the model's unless given
 * @returns undefined when no tensor was picked, when the outputs need more than it, or when a node holds a graph of its
 *   own, which may reach for any tensor
 * @throws OnnxFormatError when the bytes are no ONNX model
 */
export function splitModel(
  bytes: Uint8Array,
  findTensor: (nodes: readonly GraphNode[]) => string | undefined,
  dimensions: readonly (number | string)[],
  wanted?: readonly string[],
): SplitModel | undefined {
  const model = readFields(bytes);
  const graph = model.find(({ number }) => number === modelFields.graph);
  if (graph === undefined) throw new OnnxFormatError(`${bytes.length} bytes without a graph`);
  const parts = readFields(graph.content);
  const nodes = parts.filter(({ number }) => number === graphFields.node).map(readNode);
  const tensor = findTensor(nodes);
  if (tensor === undefined || nodes.some(holdsGraph)) return undefined;

  const declared = writeValueInfo(tensor, dimensions);
  const outputs = parts
    .filter(({ number }) => number === graphFields.output)
    .map(readName)
    .filter((name) => wanted?.includes(name) !== false);
  const inputs = parts.filter(({ number }) => number === graphFields.input).map(readName);
  const makers = findMakers(nodes, [tensor], []);
  const users = findMakers(nodes, outputs, [tensor]);
  if (inputs.some((name) => users.needed.has(name))) return undefined;
  const write = (used: Makers, kept: readonly string[], added: Uint8Array): Uint8Array =>
    concatenate(
      model.map((field) =>
        field === graph
          ? writeField(modelFields.graph, concatenate([...keepParts(parts, used, kept), added]))
          : field.bytes,
      ),
    );
  return {
    before: write(makers, inputs, writeField(graphFields.output, declared)),
    after: write(users, outputs, writeField(graphFields.input, declared)),
  };
}

interface Makers {
  readonly fields: ReadonlySet<WireField>;
  /** Every tensor that they take or give. */
  readonly needed: ReadonlySet<string>;
}

/** The nodes that tensors come from, back to those that are given. A graph lists its nodes in the order of their work. */
function findMakers(nodes: readonly Node[], wanted: readonly string[], given: readonly string[]): Makers {
  const needed = new Set(wanted);
  const fields = new Set<WireField>();
  for (const node of nodes.toReversed()) {
    if (!node.outputs.some((name) => needed.has(name) && !given.includes(name))) continue;
    fields.add(node.field);
    for (const name of node.inputs) needed.add(name);
  }
  return { fields, needed };
}

/** The graph's parts without the nodes and weights of the other half, and with the inputs or outputs of these names. */
function keepParts(parts: readonly WireField[], used: Makers, kept: readonly string[]): Uint8Array[] {
  return parts
    .filter((part) => {
      switch (part.number) {
        case graphFields.node:
          return used.fields.has(part);
        case graphFields.initializer:
          return used.needed.has(readName(part));
        case graphFields.input:
        case graphFields.output:
          return kept.includes(readName(part));
        default:
          return part.number !== graphFields.valueInfo; // shapes that a runtime infers
      }
    })
    .map(({ bytes }) => bytes);
}

function readNode(field: WireField): Node {
  const fields = readFields(field.content);
  const readTexts = (number: number): string[] =>
    fields.filter((one) => one.number === number).map(({ content }) => decodeUtf8(content));
  return {
    field,
    inputs: readTexts(nodeFields.input),
    outputs: readTexts(nodeFields.output),
    readInts: (name) => readIntsAttribute(fields, name),
  };
}

/** One number a field, or all in one. */
function readIntsAttribute(node: readonly WireField[], name: string): number[] | undefined {
  const attributes = node
    .filter(({ number }) => number === nodeFields.attribute)
    .map(({ content }) => readFields(content));
  const found = attributes.find((fields) =>
    fields.some(({ number, content }) => number === attributeFields.name && decodeUtf8(content) === name),
  );
  return found
    ?.filter(({ number }) => number === attributeFields.ints)
    .flatMap(({ content }) => readVarints(content));
}

function holdsGraph({ field }: Node): boolean {
  return readFields(field.content)
    .filter(({ number }) => number === nodeFields.attribute)
    .some(({ content }) =>
      readFields(content).some(
        ({ number }) => number === attributeFields.graph || number === attributeFields.graphs,
      ),
    );
}

function readName({ number, content }: WireField): string {
  const names: Readonly<Record<number, number>> = nameOf;
  const name = readFields(content).find((field) => field.number === names[number]);
  return name === undefined ? "" : decodeUtf8(name.content);
}

/** `ValueInfoProto`: name 1, type 2 > tensor_type 1 > elem_type 1, shape 2 > dim 1 > dim_value 1 or dim_param 2. */
function writeValueInfo(name: string, dimensions: readonly (number | string)[]): Uint8Array {
  const shape = dimensions.map((size) =>
    writeField(1, typeof size === "string" ? writeField(2, encodeUtf8(size)) : writeNumber(1, size)),
  );
  const tensorType = concatenate([writeNumber(1, float32), writeField(2, concatenate(shape))]);
  return concatenate([writeField(1, encodeUtf8(name)), writeField(2, writeField(1, tensorType))]);
}

const float32 = 1;
