import {
  graphFields,
  holdsGraph,
  modelFields,
  type GraphNode,
  type Node,
  readName,
  readNode,
  writeValueInfo,
} from "./graph-fields.ts";
import { concatenate, OnnxFormatError, readFields, type WireField, writeField } from "../wire-format.ts";

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
