import { decodeUtf8, encodeUtf8 } from "../utf8.ts";
import {
  concatenate,
  readFields,
  readVarints,
  type WireField,
  writeField,
  writeNumber,
} from "../wire-format.ts";

/** Field numbers of onnx.proto, for those who walk a graph without decoding its tensors. */
export const modelFields = { graph: 7, opsetImport: 8 } as const;
export const graphFields = { node: 1, initializer: 5, input: 11, output: 12, valueInfo: 13 } as const;
const nodeFields = { input: 1, output: 2, name: 3, opType: 4, attribute: 5 } as const;
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
export interface Node extends GraphNode {
  readonly field: WireField;
  readonly opType: string;
  /** May be empty. */
  readonly name: string;
}

/** Names of a node's operator and values. */
export function readNode(field: WireField): Node {
  const fields = readFields(field.content);
  const readTexts = (number: number): string[] =>
    fields.filter((one) => one.number === number).map(({ content }) => decodeUtf8(content));
  const [opType = ""] = readTexts(nodeFields.opType);
  const [name = ""] = readTexts(nodeFields.name);
  return {
    field,
    inputs: readTexts(nodeFields.input),
    outputs: readTexts(nodeFields.output),
    opType,
    name,
    readInts: (attribute) => readIntsAttribute(fields, attribute),
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

/** Whether a node holds a graph of its own, which may reach for any tensor around it. */
export function holdsGraph({ field }: Node): boolean {
  return readFields(field.content)
    .filter(({ number }) => number === nodeFields.attribute)
    .some(({ content }) =>
      readFields(content).some(
        ({ number }) => number === attributeFields.graph || number === attributeFields.graphs,
      ),
    );
}

/** The name of an initializer, input or output. */
export function readName({ number, content }: WireField): string {
  const names: Readonly<Record<number, number>> = nameOf;
  const name = readFields(content).find((field) => field.number === names[number]);
  return name === undefined ? "" : decodeUtf8(name.content);
}

/** `ValueInfoProto`: name 1, type 2 > tensor_type 1 > elem_type 1, shape 2 > dim 1 > dim_value 1 or dim_param 2. */
export function writeValueInfo(name: string, dimensions: readonly (number | string)[]): Uint8Array {
  const shape = dimensions.map((size) =>
    writeField(1, typeof size === "string" ? writeField(2, encodeUtf8(size)) : writeNumber(1, size)),
  );
  const tensorType = concatenate([writeNumber(1, float32), writeField(2, concatenate(shape))]);
  return concatenate([writeField(1, encodeUtf8(name)), writeField(2, writeField(1, tensorType))]);
}

const float32 = 1;
