import onnxProto from "onnx-proto";
import { pruneTo, readForeignModel, renamePart, splitConstantNodes } from "./foreign-graph.ts";
import { writePlainDequantisation } from "./plain-dequantisation.ts";

const { onnx } = onnxProto;
type GraphProto = onnxProto.onnx.IGraphProto;
type NodeProto = onnxProto.onnx.INodeProto;

/** Domain of nodes that stand for what is filled in later. */
export const placeholderDomain = "earshot.placeholder";
/** In the host: inputs of which the body sees one row at a time. In the body: the guest. */
export const scanPlaceholder = "Scan";
export const guestPlaceholder = "Guest";

export interface ScanParts {
  /** A model with one placeholder `Scan`: [rows, ...] in, [rows, ...] out. */
  readonly host: Uint8Array;
  /**
   * What happens to one row: a model with one placeholder `Guest`. Its inputs are the host node's, in their order;
   * those that follow are values of the host, by their names.
   */
  readonly body: Uint8Array;
  /** A model of any origin: its one input in, one of its outputs out. */
  readonly guest: Uint8Array;
  readonly guestOutput: string;
}

/**
 * Puts a model that takes one window at a time inside a graph of ours that has any number of them: an ONNX Scan runs
 * the body for each row. Weights stay outside of it, where a runtime folds and packs them once. What the guest computes
 * is not changed, but for 8-bit weights (`writePlainDequantisation`) and for outputs that nobody asked for, which go.
 */
export function insertScan({ host, body, guest, guestOutput }: ScanParts): Uint8Array {
  const hostModel = onnx.ModelProto.decode(host);
  const bodyGraph = expectGraph(onnx.ModelProto.decode(body).graph);
  const guestModel = readForeignModel(guest);
  const guestGraph = expectGraph(guestModel.proto.graph);
  const [guestInput] = guestModel.inputs;
  if (guestInput === undefined) throw new Error("guest: expected an input, got none");

  const hostGraph = expectGraph(hostModel.graph);
  const scan = expectPlaceholder(hostGraph, scanPlaceholder);
  const inner = renameBody(bodyGraph, (scan.input ?? []).length);
  const place = expectPlaceholder(inner, guestPlaceholder);
  const names = new Map([
    [guestInput.name, at0(place.input)],
    [guestOutput, at0(place.output)],
  ]);
  const part = renamePart(
    writePlainDequantisation(pruneTo(guestGraph, guestOutput)),
    (name) => names.get(name) ?? `backbone/${name}`,
  );
  const { constantNodes, varyingNodes } = splitConstantNodes(part, [at0(place.input)]);
  const filled: GraphProto = {
    ...inner,
    node: (inner.node ?? []).flatMap((node) => (node === place ? [...varyingNodes] : [node])),
  };
  const scanNode: NodeProto = {
    opType: "Scan",
    name: "backbone/scan",
    input: scan.input ?? [],
    output: scan.output ?? [],
    attribute: [
      {
        name: "num_scan_inputs",
        type: onnx.AttributeProto.AttributeType.INT,
        i: (scan.input ?? []).length,
      },
      { name: "body", type: onnx.AttributeProto.AttributeType.GRAPH, g: filled },
    ],
  };
  const joined = onnx.ModelProto.create({
    producerName: hostModel.producerName,
    metadataProps: hostModel.metadataProps,
    irVersion: Math.max(Number(hostModel.irVersion), Number(guestModel.proto.irVersion ?? 0)),
    opsetImport: [
      ...hostModel.opsetImport.filter(({ domain }) => domain !== placeholderDomain),
      ...(guestModel.proto.opsetImport ?? []).filter(({ domain }) => (domain ?? "") !== ""),
    ],
    functions: guestModel.proto.functions ?? [],
    graph: {
      ...hostGraph,
      node: [
        ...constantNodes,
        ...(hostGraph.node ?? []).flatMap((node) => (node === scan ? [scanNode] : [node])),
      ],
      initializer: [...(hostGraph.initializer ?? []), ...part.constants],
    },
  });
  return onnx.ModelProto.encode(joined).finish();
}

/** Names of the body must not be those of the host, but for the values that it takes from there. */
function renameBody(body: GraphProto, rowInputs: number): GraphProto {
  const taken = new Set((body.input ?? []).slice(rowInputs).map(({ name }) => name ?? ""));
  const rename = (name: string): string => (taken.has(name) ? name : `window/${name}`);
  const { nodes, constants } = renamePart(
    { nodes: body.node ?? [], constants: body.initializer ?? [] },
    rename,
  );
  return {
    name: "window",
    node: [...nodes],
    initializer: [...constants],
    input: (body.input ?? [])
      .slice(0, rowInputs)
      .map((value) => ({ ...value, name: rename(value.name ?? "") })),
    output: (body.output ?? []).map((value) => ({ ...value, name: rename(value.name ?? "") })),
  };
}

function expectGraph(graph: GraphProto | null | undefined): GraphProto {
  if (graph === null || graph === undefined) throw new Error("expected a model with a graph, got none");
  return graph;
}

function expectPlaceholder(graph: GraphProto, opType: string): NodeProto {
  const found = (graph.node ?? []).find(
    (node) => node.domain === placeholderDomain && node.opType === opType,
  );
  if (found === undefined)
    throw new Error(`expected a placeholder ${opType} in ${graph.name ?? "the graph"}, got none`);
  return found;
}

function at0(names: readonly string[] | null | undefined): string {
  const [first] = names ?? [];
  if (first === undefined) throw new Error("placeholder: expected an input and an output, got none");
  return first;
}
