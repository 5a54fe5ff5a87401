import onnxProto from "onnx-proto";
import { at } from "../../common/at.ts";
import type { Random } from "../../common/random.ts";
import { metadataKey, modelMetadataSchema } from "../../features/model-metadata.ts";
import { computeSeal } from "../../features/model-seal.ts";
import { hashGraph, readMetadata, writeMetadata } from "../../onnx/read-metadata.ts";

const { onnx } = onnxProto;
type Graph = onnxProto.onnx.IGraphProto;
type Node = onnxProto.onnx.INodeProto;
type Tensor = onnxProto.onnx.ITensorProto;

/**
 * One or two changes to the operators, weights and shapes of a model's graph, which stays an ONNX file: most go past
 * the readers of the runtime and reach ONNX Runtime. @returns undefined for what is no ONNX model
 */
export function mutateGraph(bytes: Uint8Array, random: Random): Uint8Array | undefined {
  const model = decode(bytes);
  const graph = model?.graph;
  if (model === undefined || !graph?.node?.length) return undefined;
  for (let change = random.integer(2); change >= 0; change--) {
    at(changes, random.integer(changes.length))(graph, random);
  }
  return sealAgain(onnx.ModelProto.encode(model).finish());
}

/** With the hashes of what is in it now, where its metadata are ours: or the seal alone would be tested. */
export function sealAgain(bytes: Uint8Array): Uint8Array {
  const entries = readMetadata(bytes);
  const parsed = modelMetadataSchema.safeParse(readJson(entries.get(metadataKey)));
  if (!parsed.success) return bytes;
  const metadata = { ...parsed.data, seal: computeSeal(parsed.data, bytes), graphHash: hashGraph(bytes) };
  return writeMetadata(bytes, entries.set(metadataKey, JSON.stringify(metadata)));
}

function readJson(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? "null");
  } catch {
    return null;
  }
}

function decode(bytes: Uint8Array): onnxProto.onnx.ModelProto | undefined {
  try {
    return onnx.ModelProto.decode(bytes);
  } catch {
    return undefined;
  }
}

/** Of one form each, so that what is exchanged within a family still runs. */
const families = [
  ["Add", "Sub", "Mul", "Div", "Max", "Min", "Pow"],
  ["Relu", "Abs", "Sqrt", "Neg", "Identity", "Exp", "Log", "Tanh", "Softmax", "Round", "Not", "Shape"],
  ["MatMul", "Gemm", "Conv", "Gather", "Reshape", "Concat", "Loop"],
  ["ReduceMean", "ReduceMax", "ReduceMin", "ReduceSum", "ReduceL2", "ArgMax"],
];
const numbers = [0, 1, -1, 2, 3, 7, 1000, 2 ** 20, 2 ** 31 - 1, -(2 ** 31)];
const elementTypes = [1, 1, 6, 7, 8, 9, 10, 11];

/** Any item of a list that may be missing or empty. */
function pick<Item>(items: readonly Item[] | null | undefined, random: Random): Item | undefined {
  return items && items.length > 0 ? items[random.integer(items.length)] : undefined;
}

const pickNumber = (random: Random): number => at(numbers, random.integer(numbers.length));
const pickNode = (graph: Graph, random: Random): Node => pick(graph.node, random) ?? {};

/** Weights and constants alike. */
function pickTensor(graph: Graph, random: Random): Tensor | undefined {
  const constants = (graph.node ?? []).flatMap(({ attribute }) =>
    (attribute ?? []).flatMap(({ t }) => (t ? [t] : [])),
  );
  return pick([...(graph.initializer ?? []), ...constants], random);
}

type Change = (graph: Graph, random: Random) => void;

const changeWeights: Change = (graph, random) => {
  const tensor = pickTensor(graph, random);
  if (!tensor?.rawData?.length) return;
  const changed = tensor.rawData.slice();
  for (let count = random.integer(8); count >= 0; count--)
    changed[random.integer(changed.length)] = random.integer(256);
  tensor.rawData = changed;
};

const changes: readonly Change[] = [
  (graph, random) => {
    const node = pickNode(graph, random);
    const own = families.filter((family) => family.includes(node.opType ?? ""));
    const family = pick(random.integer(3) > 0 && own.length > 0 ? own : families, random);
    node.opType = pick(family, random) ?? "Identity";
  },
  (graph, random) => {
    const attribute = pick(pickNode(graph, random).attribute, random);
    if (!attribute) return;
    if (attribute.ints?.length) attribute.ints[random.integer(attribute.ints.length)] = pickNumber(random);
    else if (attribute.f) attribute.f = pickNumber(random) / 8;
    else attribute.i = pickNumber(random);
  },
  // A value is read elsewhere, by nobody, or before it is computed.
  (graph, random) => {
    const inputs = pickNode(graph, random).input;
    const other = pick(pickNode(graph, random).output, random) ?? "";
    if (inputs && inputs.length > 0) inputs[random.integer(inputs.length)] = random.integer(4) ? other : "";
  },
  (graph, random) => {
    const nodes = graph.node ?? [];
    nodes.splice(random.integer(nodes.length), 1);
  },
  (graph, random) => {
    const nodes = graph.node ?? [];
    nodes.splice(random.integer(nodes.length), 0, { ...pickNode(graph, random), name: "again" });
  },
  // Weights of another size, of another type, cut, or of numbers that are none.
  (graph, random) => {
    const dims = pickTensor(graph, random)?.dims;
    if (dims && dims.length > 0) dims[random.integer(dims.length)] = pickNumber(random);
  },
  (graph, random) => {
    const tensor = pickTensor(graph, random);
    if (tensor) tensor.dataType = at(elementTypes, random.integer(elementTypes.length));
  },
  (graph, random) => {
    const tensor = pickTensor(graph, random);
    if (tensor?.rawData) tensor.rawData = tensor.rawData.slice(0, random.integer(tensor.rawData.length + 1));
  },
  (graph, random) => {
    const tensor = pickTensor(graph, random);
    if (tensor?.rawData?.length) tensor.rawData = tensor.rawData.slice().fill(0xff, random.integer(9));
  },
  ...[changeWeights, changeWeights, changeWeights],
  // What the model says of its input and output.
  (graph, random) => {
    const value = pick([...(graph.input ?? []), ...(graph.output ?? [])], random);
    const size = pick(value?.type?.tensorType?.shape?.dim, random);
    if (!size) return;
    delete size.dimParam;
    size.dimValue = pickNumber(random);
  },
  (graph, random) => {
    const type = pick([...(graph.input ?? []), ...(graph.output ?? [])], random)?.type?.tensorType;
    if (type) type.elemType = at(elementTypes, random.integer(elementTypes.length));
  },
];
