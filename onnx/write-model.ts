import onnxProto from "onnx-proto";
import type { Attribute } from "./attributes.ts";
import { elementTypes, viewBytes } from "./element-types.ts";
import type { Constant, Model, Node, ValueInfo } from "./graph.ts";
import { encodeUtf8 } from "./utf8.ts";

const { onnx } = onnxProto;
const attributeTypes = onnx.AttributeProto.AttributeType;

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
 * Serialises the model as a `ModelProto`; `checkModel` says whether it is a valid one.
 * @param external tensors that another file holds
 */
export function writeModel(
  model: Model,
  external: ReadonlyMap<Constant, ExternalPlace> = new Map(),
): Uint8Array {
  const domains = [...new Set(model.nodes.map((node) => node.domain))].filter((domain) => domain !== "");
  const message = onnx.ModelProto.create({
    irVersion: chooseIrVersion(model.opset),
    producerName: "earshot",
    opsetImport: [
      { domain: "", version: model.opset },
      ...domains.map((domain) => ({ domain, version: customDomainVersion })),
    ],
    graph: {
      name: model.graphName,
      input: model.inputs.map(encodeValueInfo),
      output: model.outputs.map(encodeValueInfo),
      node: model.nodes.map(encodeNode),
      initializer: model.constants.map((constant) => encodeConstant(constant, external.get(constant))),
    },
    metadataProps: [...model.metadata].map(([key, value]) => ({ key, value })),
  });
  return onnx.ModelProto.encode(message).finish();
}

/** The oldest IR version that goes with an operator set (onnx/docs/Versioning.md), but not below 8. */
function chooseIrVersion(opset: number): number {
  if (opset <= 18) return 8;
  return opset <= 20 ? 9 : 10;
}

function encodeValueInfo({ name, elementType, dims }: ValueInfo): onnxProto.onnx.IValueInfoProto {
  const dim = dims.map((size) => (typeof size === "number" ? { dimValue: size } : { dimParam: size }));
  return { name, type: { tensorType: { elemType: elementTypes[elementType].code, shape: { dim } } } };
}

function encodeConstant(
  { name, elementType, dims, data }: Constant,
  place: ExternalPlace | undefined,
): onnxProto.onnx.ITensorProto {
  const head = { name, dims: [...dims], dataType: elementTypes[elementType].code };
  if (place === undefined) return { ...head, rawData: viewBytes(data) };
  return {
    ...head,
    dataLocation: onnx.TensorProto.DataLocation.EXTERNAL,
    externalData: Object.entries(place).map(([key, value]) => ({ key, value: String(value) })),
  };
}

function encodeNode(node: Node): onnxProto.onnx.INodeProto {
  return {
    name: node.name,
    opType: node.opType,
    domain: node.domain,
    input: [...node.inputs],
    output: [...node.outputs],
    attribute: [...node.attributes].map(([name, attribute]) => ({ name, ...encodeAttribute(attribute) })),
  };
}

function encodeAttribute(attribute: Attribute): onnxProto.onnx.IAttributeProto {
  switch (attribute.type) {
    case "int":
      return { type: attributeTypes.INT, i: attribute.value };
    case "ints":
      return { type: attributeTypes.INTS, ints: [...attribute.value] };
    case "float":
      return { type: attributeTypes.FLOAT, f: attribute.value };
    case "floats":
      return { type: attributeTypes.FLOATS, floats: [...attribute.value] };
    case "string":
      return { type: attributeTypes.STRING, s: encodeUtf8(attribute.value) };
    case "strings":
      return { type: attributeTypes.STRINGS, strings: attribute.value.map(encodeUtf8) };
  }
}
