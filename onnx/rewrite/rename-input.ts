import { decodeUtf8, encodeUtf8 } from "../utf8.ts";
import { concatenate, OnnxFormatError, readFields, type WireField, writeField } from "../wire-format.ts";

/** Field numbers of onnx.proto. */
const modelFields = { graph: 7 } as const;
const graphFields = { node: 1, input: 11 } as const;
const nodeFields = { input: 1 } as const;
const valueInfoFields = { name: 1 } as const;

/**
 * A copy of a model whose graph input has another name; every other byte stays.
 * @throws OnnxFormatError when the bytes are no ONNX model or have no such input
 */
export function renameInput(bytes: Uint8Array, from: string, to: string): Uint8Array {
  const rename = (content: Uint8Array, fieldNumber: number): Uint8Array =>
    mapFields(content, (field) =>
      field.number === fieldNumber && field.wireType === 2 && decodeUtf8(field.content) === from
        ? writeField(fieldNumber, encodeUtf8(to))
        : field.bytes,
    );
  let renamed = 0;
  const model = mapFields(bytes, (field) => {
    if (field.number !== modelFields.graph) return field.bytes;
    const graph = mapFields(field.content, (part) => {
      if (part.number === graphFields.node)
        return writeField(graphFields.node, rename(part.content, nodeFields.input));
      if (part.number !== graphFields.input) return part.bytes;
      const input = rename(part.content, valueInfoFields.name);
      if (input.length !== part.content.length || !holdSame(input, part.content)) renamed++;
      return writeField(graphFields.input, input);
    });
    return writeField(modelFields.graph, graph);
  });
  if (renamed !== 1) throw new OnnxFormatError(`${renamed} inputs named ${from}`);
  return model;
}

function mapFields(content: Uint8Array, map: (field: WireField) => Uint8Array): Uint8Array {
  return concatenate(readFields(content).map(map));
}

function holdSame(one: Uint8Array, other: Uint8Array): boolean {
  return one.every((byte, index) => byte === other[index]);
}
