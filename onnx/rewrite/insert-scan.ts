import { modelFields, pruneTo, readDomain, readForeignModel, renamePart } from "./foreign-graph.ts";
import {
  createGraphAttribute,
  createIntegerAttribute,
  createNode,
  type ForeignGraph,
  type ForeignNode,
  pick,
  writeGraph,
} from "./foreign-messages.ts";
import { writePlainDequantisation } from "./plain-dequantisation.ts";
import { concatenate, wrapField, writeNumber } from "../wire-format.ts";

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
 * the body for each row. Weights are inside the body: ONNX Runtime folds them there, and then lays them out for its fast
 * convolutions (twice as fast on x64), which it does not for weights of the graph around. What the guest computes is not
 * changed, but for 8-bit weights (`writePlainDequantisation`) and for outputs that nobody asked for, which go.
 */
export function insertScan({ host, body, guest, guestOutput }: ScanParts): Uint8Array {
  const hostModel = readForeignModel(host);
  const guestModel = readForeignModel(guest);
  const [guestInput] = guestModel.inputs;
  if (guestInput === undefined) throw new Error("guest: expected an input, got none");

  const hostGraph = hostModel.graph;
  const scan = expectPlaceholder(hostGraph, scanPlaceholder);
  const inner = renameBody(readForeignModel(body).graph, scan.inputs.length);
  const place = expectPlaceholder(inner, guestPlaceholder);
  const names = new Map([
    [guestInput.name, at0(place.inputs)],
    [guestOutput, at0(place.outputs)],
  ]);
  const part = renamePart(
    writePlainDequantisation(pruneTo(guestModel.graph, guestOutput)),
    (name) => names.get(name) ?? `backbone/${name}`,
  );
  const filled: ForeignGraph = {
    ...inner,
    nodes: inner.nodes.flatMap((node) => (node === place ? part.nodes : [node])),
    constants: [...inner.constants, ...part.constants],
  };
  const scanNode = createNode("Scan", "backbone/scan", scan.inputs, scan.outputs, [
    createIntegerAttribute("num_scan_inputs", scan.inputs.length),
    createGraphAttribute("body", filled),
  ]);
  const graph: ForeignGraph = {
    ...hostGraph,
    nodes: hostGraph.nodes.map((node) => (node === scan ? scanNode : node)),
  };
  const replaced: readonly number[] = [modelFields.irVersion, modelFields.graph, modelFields.opsetImport];
  const operatorSets = [
    ...pick(hostModel.fields, modelFields.opsetImport).filter(
      (field) => readDomain(field) !== placeholderDomain,
    ),
    ...pick(guestModel.fields, modelFields.opsetImport).filter((field) => readDomain(field) !== ""),
  ];
  const kept = [
    ...hostModel.fields.filter(({ number }) => !replaced.includes(number)),
    ...pick(guestModel.fields, modelFields.functions),
  ];
  return concatenate([
    writeNumber(modelFields.irVersion, Math.max(hostModel.irVersion, guestModel.irVersion)),
    ...wrapField(modelFields.graph, writeGraph(graph)),
    ...[...operatorSets, ...kept].map(({ bytes }) => bytes),
  ]);
}

/** Names of the body must not be those of the host, but for the values that it takes from there. */
function renameBody(body: ForeignGraph, rowInputs: number): ForeignGraph {
  const taken = new Set(body.inputs.slice(rowInputs).map(({ name }) => name));
  const rename = (name: string): string => (taken.has(name) ? name : `window/${name}`);
  return {
    name: "window",
    ...renamePart(body, rename),
    inputs: body.inputs.slice(0, rowInputs).map((value) => ({ ...value, name: rename(value.name) })),
    outputs: body.outputs.map((value) => ({ ...value, name: rename(value.name) })),
    rest: [],
  };
}

function expectPlaceholder(graph: ForeignGraph, opType: string): ForeignNode {
  const found = graph.nodes.find((node) => node.domain === placeholderDomain && node.opType === opType);
  if (found === undefined) throw new Error(`expected a placeholder ${opType} in ${graph.name}, got none`);
  return found;
}

function at0(names: readonly string[]): string {
  const [first] = names;
  if (first === undefined) throw new Error("placeholder: expected an input and an output, got none");
  return first;
}
