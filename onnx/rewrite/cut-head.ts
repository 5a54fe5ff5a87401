import {
  graphFields,
  holdsGraph,
  modelFields,
  type Node,
  readName,
  readNode,
  writeValueInfo,
} from "./graph-fields.ts";
import { encodeUtf8 } from "../utf8.ts";
import { concatenate, OnnxFormatError, readFields, type WireField, writeField } from "../wire-format.ts";

/** A classifier without its last linear layer. */
export interface Trunk {
  /** A model whose one output is the embedding [batch, numbers]. */
  readonly bytes: Uint8Array;
  /** Name of the embedding. */
  readonly output: string;
  /** Version of ONNX's own operators. */
  readonly opset: number;
  /** Every name of a node or value in it, which what is added must not have. */
  readonly names: ReadonlySet<string>;
}

/** What may stand between the linear layer and the logits: a bias, a temperature, the choice of the nearest clips. */
const followingOperators = ["Identity", "Add", "Sub", "Mul", "Div", "Cast", "Gather", "TopK", "ReduceMean"];
const linearOperators = ["Gemm", "MatMul"];

/**
 * Cuts a classifier at the input of its last linear layer, which is its embedding: the layer is found from `logits`
 * backwards, past what may follow it. Reads no more of the file than the names in it, and decodes no tensor.
 * @returns undefined for a model whose logits do not come of a linear layer with constant weights
 * @throws OnnxFormatError when the bytes are no ONNX model
 */
export function cutHead(bytes: Uint8Array): Trunk | undefined {
  const model = readFields(bytes);
  const graph = findGraph(model);
  const parts = readFields(graph.content);
  const nodes = parts.filter(({ number }) => number === graphFields.node).map(readNode);
  const constants = findConstants(nodes, listNames(parts, graphFields.initializer));
  const outputs = listNames(parts, graphFields.output);
  const logits = outputs.find((name) => name === "logits") ?? outputs[0];
  const embedding = logits === undefined ? undefined : findEmbedding(nodes, constants, logits);
  const maker = nodes.find((node) => embedding !== undefined && node.outputs.includes(embedding));
  if (embedding === undefined || maker === undefined) return undefined;

  const removed = findDescendants(nodes, embedding);
  const kept = nodes.filter((node) => !removed.has(node));
  const used = new Set(kept.flatMap(({ inputs }) => inputs));
  const onlyRemoved = new Set([...removed].flatMap(({ inputs }) => inputs).filter((name) => !used.has(name)));
  const names = new Set(parts.filter(isNamed).map(readName));
  // The embedding gets another name below, so that its own is free for an output.
  for (const { name: own, outputs: made } of kept)
    for (const name of [own, ...made.filter((value) => value !== embedding)]) names.add(name);
  const output = makeName("trunk/embedding", names);
  names.add(output);
  const removedFields = new Set([...removed].map(({ field }) => field));
  const written = parts.flatMap((part) => {
    if (removedFields.has(part)) return [];
    if (part === maker.field) return [renameOutput(maker, embedding, output)];
    if (part.number === graphFields.initializer && onlyRemoved.has(readName(part))) return [];
    const isDropped = part.number === graphFields.output || part.number === graphFields.valueInfo;
    return isDropped ? [] : [part.bytes];
  });
  const declared = writeField(graphFields.output, writeValueInfo(output, ["batch", "embedding"]));
  return {
    bytes: replaceGraph(model, graph, concatenate([...written, declared])),
    output,
    opset: readOpset(model),
    names,
  };
}

/**
 * One model of two: what the first gives under a name, the second takes under the same name.
 * @param before its metadata stay @param after nodes of ONNX's own operators, with names that `before` does not have
 */
export function joinModels(before: Uint8Array, after: Uint8Array): Uint8Array {
  const model = readFields(before);
  const graph = findGraph(model);
  const first = readFields(graph.content).filter(({ number }) => number !== graphFields.output);
  const second = readFields(findGraph(readFields(after)).content).filter(({ number }) =>
    [graphFields.node, graphFields.initializer, graphFields.output].some((kept) => kept === number),
  );
  return replaceGraph(model, graph, concatenate([...first, ...second].map(({ bytes }) => bytes)));
}

function findGraph(model: readonly WireField[]): WireField {
  const graph = model.find(({ number }) => number === modelFields.graph);
  if (graph === undefined) throw new OnnxFormatError("a file without a graph");
  return graph;
}

function replaceGraph(model: readonly WireField[], graph: WireField, content: Uint8Array): Uint8Array {
  return concatenate(
    model.map((field) => (field === graph ? writeField(modelFields.graph, content) : field.bytes)),
  );
}

function listNames(parts: readonly WireField[], kind: number): string[] {
  return parts.filter(({ number }) => number === kind).map(readName);
}

function isNamed({ number }: WireField): boolean {
  return number === graphFields.initializer || number === graphFields.input;
}

/** Weights, and what is computed of them alone: weights of 8 bits, say. */
function findConstants(nodes: readonly Node[], initializers: readonly string[]): ReadonlySet<string> {
  const constants = new Set(["", ...initializers]);
  for (const node of nodes) {
    if (holdsGraph(node) || !node.inputs.every((name) => constants.has(name))) continue;
    for (const name of node.outputs) constants.add(name);
  }
  return constants;
}

function findEmbedding(
  nodes: readonly Node[],
  constants: ReadonlySet<string>,
  logits: string,
): string | undefined {
  let name = logits;
  for (;;) {
    const node = nodes.find(({ outputs }) => outputs.includes(name));
    const varying = node?.inputs.filter((input) => !constants.has(input)) ?? [];
    const [input] = varying;
    if (node === undefined || input === undefined || varying.length > 1) return undefined;
    if (linearOperators.includes(node.opType)) return node.inputs[0] === input ? input : undefined;
    if (!followingOperators.includes(node.opType)) return undefined;
    name = input;
  }
}

/** The nodes that need a value, directly or through others. A graph lists its nodes in the order of their work. */
function findDescendants(nodes: readonly Node[], from: string): ReadonlySet<Node> {
  const made = new Set([from]);
  const found = new Set<Node>();
  for (const node of nodes) {
    if (!node.inputs.some((name) => made.has(name))) continue;
    found.add(node);
    for (const name of node.outputs) made.add(name);
  }
  return found;
}

const nodeOutput = 2;

/** The same node with another name of one output. */
function renameOutput({ field, outputs }: Node, from: string, to: string): Uint8Array {
  let place = -1;
  const fields = readFields(field.content).map((own) => {
    if (own.number !== nodeOutput) return own.bytes;
    place += 1;
    return outputs[place] === from ? writeField(nodeOutput, encodeUtf8(to)) : own.bytes;
  });
  return writeField(graphFields.node, concatenate(fields));
}

function makeName(wished: string, taken: ReadonlySet<string>): string {
  let name = wished;
  for (let count = 2; taken.has(name); count++) name = `${wished}_${count}`;
  return name;
}

/** `OperatorSetIdProto`: domain 1, version 2. */
function readOpset(model: readonly WireField[]): number {
  const imports = model
    .filter(({ number }) => number === modelFields.opsetImport)
    .map(({ content }) => readFields(content));
  const own = imports.find(
    (fields) => !fields.some(({ number, content }) => number === 1 && content.length > 0),
  );
  const version = own?.find(({ number }) => number === 2);
  const [low = 0, high = 0] = version?.content ?? [];
  return low < 0x80 ? low : (low & 0x7f) + 0x80 * high; // a varint of one or two bytes
}
