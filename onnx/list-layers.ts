import { decodeUtf8 } from "./utf8.ts";
import { OnnxFormatError, readFields, type WireField } from "./wire-format.ts";

/** A trained or fixed tensor of a layer. */
interface LayerWeight {
  readonly name: string;
  readonly shape: readonly number[];
}

/**
 * Nodes that share the first part of their name, e.g. `conv1/Conv`; the exporter names them after the network's layers.
 *
 *     for (const { name, nodes, numbers } of listLayers(bytes)) console.log(name, nodes, numbers);
 */
export interface Layer {
  /** Empty for nodes without such a name: the feature graph. */
  readonly name: string;
  /** Operators in the order of the file, each once. */
  readonly operators: readonly string[];
  readonly nodes: number;
  readonly weights: readonly LayerWeight[];
  /** Numbers in the weights. */
  readonly numbers: number;
}

/** Field numbers of `ModelProto`, `GraphProto`, `NodeProto` and `TensorProto` (onnx.proto). */
const fields = {
  model: { graph: 7 },
  graph: { node: 1, initializer: 5 },
  node: { input: 1, name: 3, operator: 4 },
  tensor: { dimensions: 1, type: 2, name: 8 },
} as const;

/** float32, uint8, int8, float16, float64: not the integers that only say shapes. */
const weightTypes: readonly number[] = [1, 2, 3, 10, 11];

/**
 * The layers of an ONNX file in the order of its nodes, read from its bytes alone.
 *
 *     const names = listLayers(await readFile("model.onnx")).map(({ name }) => name);
 *
 * @throws OnnxFormatError when the bytes are no ONNX model
 */
export function listLayers(bytes: Uint8Array): Layer[] {
  const graph = readFields(bytes).find(({ number }) => number === fields.model.graph);
  if (graph === undefined) throw new OnnxFormatError(`${bytes.length} bytes without a graph`);
  const parts = readFields(graph.content);
  const weights = new Map(readWeights(parts).map((weight) => [weight.name, weight]));
  const layers = new Map<string, Group>();
  for (const { content } of parts.filter(({ number }) => number === fields.graph.node)) {
    const node = readFields(content);
    const [path = ""] = readTexts(node, fields.node.name);
    const name = path.includes("/") ? path.slice(0, path.indexOf("/")) : "";
    const group = layers.get(name) ?? { operators: new Set(), nodes: 0, weights: new Set() };
    layers.set(name, group);
    group.nodes += 1;
    for (const operator of readTexts(node, fields.node.operator)) group.operators.add(operator);
    for (const input of readTexts(node, fields.node.input)) {
      const weight = weights.get(input);
      if (weight !== undefined) group.weights.add(weight);
    }
  }
  return [...layers].map(([name, group]) => ({
    name,
    operators: [...group.operators],
    nodes: group.nodes,
    weights: [...group.weights],
    numbers: [...group.weights].reduce((sum, { shape }) => sum + countNumbers(shape), 0),
  }));
}

interface Group {
  readonly operators: Set<string>;
  nodes: number;
  readonly weights: Set<LayerWeight>;
}

/** Tensors of real numbers with at least one dimension. */
function readWeights(graph: readonly WireField[]): LayerWeight[] {
  return graph
    .filter(({ number }) => number === fields.graph.initializer)
    .flatMap(({ content }) => {
      const tensor = readFields(content);
      const [name = ""] = readTexts(tensor, fields.tensor.name);
      const shape = tensor.filter(({ number }) => number === fields.tensor.dimensions).flatMap(readVarints);
      const [type = 0] = tensor.filter(({ number }) => number === fields.tensor.type).flatMap(readVarints);
      return shape.length > 0 && weightTypes.includes(type) ? [{ name, shape }] : [];
    });
}

function countNumbers(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

function readTexts(message: readonly WireField[], number: number): string[] {
  return message.filter((field) => field.number === number).map(({ content }) => decodeUtf8(content));
}

/** One number, or many in a packed field. */
function readVarints({ content }: WireField): number[] {
  const values: number[] = [];
  let value = 0;
  let scale = 1;
  for (const byte of content) {
    value += (byte & 0x7f) * scale;
    scale *= 2 ** 7;
    if (byte < 0x80) {
      values.push(value);
      value = 0;
      scale = 1;
    }
  }
  return values;
}
