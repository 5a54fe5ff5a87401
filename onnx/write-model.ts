import type { Attribute } from "./attributes.ts";
import { elementTypes, viewBytes } from "./element-types.ts";
import type { Constant, Model, Node, ValueInfo } from "./graph.ts";
import { encodeUtf8 } from "./utf8.ts";
import {
  concatenate,
  wrapField,
  writeField,
  writeFloat,
  writeFloats,
  writeNumber,
  writeNumbers,
  writeText,
} from "./wire-format.ts";

/** Operator sets other than ONNX's own, with the version that we write. */
const customDomainVersion = 1;

/** Where a tensor lies that is not in the file itself. */
export interface ExternalPlace {
  /** Name of the data file, beside the model. */
  readonly location: string;
  readonly offset: number;
  /** In bytes. */
  readonly length: number;
}

/**
 * Serialises the model as a `ModelProto` (onnx.proto; its fields by their numbers, as every encoder writes them).
 * `checkModel` says whether it is a valid one.
 * @param external tensors that another file holds
 */
export function writeModel(
  model: Model,
  external: ReadonlyMap<Constant, ExternalPlace> = new Map(),
): Uint8Array {
  const domains = [...new Set(model.nodes.map((node) => node.domain))].filter((domain) => domain !== "");
  const graph = [
    ...model.nodes.flatMap((node) => wrapField(1, encodeNode(node))),
    writeText(2, model.graphName),
    ...model.constants.flatMap((constant) => wrapField(5, encodeConstant(constant, external.get(constant)))),
    ...model.inputs.flatMap((value) => wrapField(11, encodeValueInfo(value))),
    ...model.outputs.flatMap((value) => wrapField(12, encodeValueInfo(value))),
  ];
  return concatenate([
    writeNumber(1, chooseIrVersion(model.opset)),
    writeText(2, "earshot"),
    ...wrapField(7, graph),
    ...encodeOperatorSet("", model.opset),
    ...domains.flatMap((domain) => encodeOperatorSet(domain, customDomainVersion)),
    ...[...model.metadata].flatMap(([key, value]) => wrapField(14, encodeEntry(key, value))),
  ]);
}

/** The oldest IR version that goes with an operator set (onnx/docs/Versioning.md), but not below 8. */
function chooseIrVersion(opset: number): number {
  if (opset <= 18) return 8;
  return opset <= 20 ? 9 : 10;
}

function encodeOperatorSet(domain: string, version: number): Uint8Array[] {
  return wrapField(8, [writeText(1, domain), writeNumber(2, version)]);
}

/** `StringStringEntryProto`. */
function encodeEntry(key: string, value: string): Uint8Array[] {
  return [writeText(1, key), writeText(2, value)];
}

/** `ValueInfoProto`: its type's tensor type holds an element type, and a shape of dimensions. */
function encodeValueInfo({ name, elementType, dims }: ValueInfo): Uint8Array[] {
  const dimensions = dims.map((size) =>
    writeField(1, typeof size === "number" ? writeNumber(1, size) : writeText(2, size)),
  );
  const tensor = [writeNumber(1, elementTypes[elementType].code), ...wrapField(2, dimensions)];
  return [writeText(1, name), ...wrapField(2, wrapField(1, tensor))];
}

function encodeConstant(
  { name, elementType, dims, data }: Constant,
  place: ExternalPlace | undefined,
): Uint8Array[] {
  const head = [...writeNumbers(1, dims), writeNumber(2, elementTypes[elementType].code), writeText(8, name)];
  if (place === undefined) return [...head, ...wrapField(9, [viewBytes(data)])];
  const entries = Object.entries(place).flatMap(([key, value]) =>
    wrapField(13, encodeEntry(key, String(value))),
  );
  return [...head, ...entries, writeNumber(14, dataLocationExternal)];
}

/** `TensorProto.DataLocation`. */
const dataLocationExternal = 1;

function encodeNode(node: Node): Uint8Array[] {
  return [
    ...node.inputs.map((name) => writeText(1, name)),
    ...node.outputs.map((name) => writeText(2, name)),
    writeText(3, node.name),
    writeText(4, node.opType),
    ...[...node.attributes].flatMap(([name, attribute]) =>
      wrapField(5, [writeText(1, name), ...encodeAttribute(attribute)]),
    ),
    writeText(7, node.domain),
  ];
}

/** `AttributeProto`: the value in the field of its type, and in field 20 which type it is (`AttributeType`). */
function encodeAttribute(attribute: Attribute): Uint8Array[] {
  switch (attribute.type) {
    case "float":
      return [writeFloat(2, attribute.value), writeNumber(20, 1)];
    case "int":
      return [writeNumber(3, attribute.value), writeNumber(20, 2)];
    case "string":
      return [writeText(4, attribute.value), writeNumber(20, 3)];
    case "floats":
      return [...writeFloats(7, attribute.value), writeNumber(20, 6)];
    case "ints":
      return [...writeNumbers(8, attribute.value), writeNumber(20, 7)];
    case "strings":
      return [...attribute.value.map((text) => writeField(9, encodeUtf8(text))), writeNumber(20, 8)];
  }
}
