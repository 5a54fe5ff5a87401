import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import { decodeUtf8, encodeUtf8 } from "./utf8.ts";
import { concatenate, OnnxFormatError, readFields, type WireField, writeField } from "./wire-format.ts";

/** Field numbers of `ModelProto` and `StringStringEntryProto` (onnx.proto). */
const modelFields = { irVersion: 1, graph: 7, metadataProps: 14 } as const;
const entryFields = { key: 1, value: 2 } as const;
/** Of all metadata together; ours have some kB. Reading more would take seconds, and say nothing. */
const maxMetadataBytes = 2 ** 22;

/**
 * The `metadata_props` of an ONNX file; ONNX Runtime's JavaScript API does not show them.
 * @throws OnnxFormatError when the bytes are no ONNX model or cut off, or hold more than 4 MB of metadata
 */
export function readMetadata(bytes: Uint8Array): Map<string, string> {
  const entries = readModelFields(bytes).fields.filter(isMetadata);
  const total = entries.reduce((sum, { content }) => sum + content.length, 0);
  if (total > maxMetadataBytes)
    throw new OnnxFormatError(`one with ${total} bytes of metadata, more than ${maxMetadataBytes}`);
  return new Map(entries.map(({ content }) => readEntry(content)));
}

/**
 * SHA-256, in hexadecimal, of the serialised graph: the same whatever the metadata say. Tensors in external files
 * are not covered.
 * @throws OnnxFormatError as `readMetadata`
 */
export function hashGraph(bytes: Uint8Array): string {
  return bytesToHex(sha256(readModelFields(bytes).graph.content));
}

/**
 * A copy of the file whose `metadata_props` are exactly `entries`; every other byte, and so the graph's hash, stays.
 * @throws OnnxFormatError as `readMetadata`
 */
export function writeMetadata(bytes: Uint8Array, entries: Iterable<readonly [string, string]>): Uint8Array {
  const kept = readModelFields(bytes).fields.filter((field) => !isMetadata(field));
  const added = [...entries].map(([key, value]) =>
    writeField(modelFields.metadataProps, writeEntry(key, value)),
  );
  return concatenate([...kept.map((field) => field.bytes), ...added]);
}

function isMetadata({ number }: WireField): boolean {
  return number === modelFields.metadataProps;
}

function readModelFields(bytes: Uint8Array): { fields: WireField[]; graph: WireField } {
  if (bytes.length === 0) throw new OnnxFormatError("an empty file");
  let fields: WireField[];
  try {
    fields = readFields(bytes);
  } catch (error) {
    // Text and other formats fail as wire format in ways that say nothing to their owner, so show how they begin.
    if (error instanceof OnnxFormatError && !beginsLikeModel(bytes)) {
      throw new OnnxFormatError(`${bytes.length} bytes that begin ${describeStart(bytes)}`, { cause: error });
    }
    throw error;
  }
  const graphs = fields.filter(({ number, wireType }) => number === modelFields.graph && wireType === 2);
  const [graph] = graphs;
  const hasVersion = fields.some(
    ({ number, wireType }) => number === modelFields.irVersion && wireType === 0,
  );
  if (graph === undefined || graphs.length > 1 || !hasVersion) {
    throw new OnnxFormatError(
      `${bytes.length} bytes with ${graphs.length} graphs and ${hasVersion ? "an" : "no"} IR version`,
    );
  }
  return { fields, graph };
}

/** Every writer puts `ir_version`, a varint of field 1, first. */
function beginsLikeModel(bytes: Uint8Array): boolean {
  return bytes[0] === modelFields.irVersion * 8;
}

function describeStart(bytes: Uint8Array): string {
  const start = [...bytes.subarray(0, 12)];
  const isText = start.every((byte) => byte >= 0x20 && byte < 0x7f);
  return isText
    ? JSON.stringify(String.fromCharCode(...start))
    : start.map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
}

function readEntry(content: Uint8Array): [string, string] {
  const entry = { key: "", value: "" };
  for (const field of readFields(content)) {
    if (field.number === entryFields.key) entry.key = readText(field.content);
    if (field.number === entryFields.value) entry.value = readText(field.content);
  }
  return [entry.key, entry.value];
}

function readText(content: Uint8Array): string {
  try {
    return decodeUtf8(content);
  } catch (error) {
    throw new OnnxFormatError("metadata that are no UTF-8", { cause: error });
  }
}

function writeEntry(key: string, value: string): Uint8Array {
  return concatenate([
    writeField(entryFields.key, encodeUtf8(key)),
    writeField(entryFields.value, encodeUtf8(value)),
  ]);
}
