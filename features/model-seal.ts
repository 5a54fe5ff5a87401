import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import { hashGraph, readMetadata, writeMetadata } from "../onnx/read-metadata.ts";
import { metadataKey, type ModelMetadata, modelMetadataSchema } from "./model-metadata.ts";

/**
 * SHA-256, in hexadecimal, of what decides a model's answers: its labels in their order, its kind of input, its feature
 * settings (by `featureHash`), its temperature and its labelling where it has such, and its graph, which contains the
 * input transform and the weights. It shows accidents: a file that was cut, edited, or whose labels were swapped. It is
 * no signature: whoever can write the file can seal it.
 *
 *     const seal = computeSeal(metadata, bytes); // what `metadata.seal` should be
 *
 * @throws OnnxFormatError when the bytes are no ONNX model
 */
export function computeSeal(
  {
    labels,
    input,
    featureHash,
    temperature,
    labelling,
  }: Pick<ModelMetadata, "labels" | "input" | "featureHash" | "temperature" | "labelling">,
  bytes: Uint8Array,
): string {
  const graph = hashGraph(bytes);
  const sealed = JSON.stringify({ labels, input, featureHash, temperature, labelling, graph });
  return bytesToHex(sha256(utf8ToBytes(sealed)));
}

/**
 * A copy of a model file with the seal of what is in it: the last step of an export, because the seal needs the graph's
 * bytes.
 * @throws ZodError when its metadata are not ours
 */
export function sealModel(bytes: Uint8Array): Uint8Array {
  const entries = readMetadata(bytes);
  const metadata = modelMetadataSchema.parse(JSON.parse(entries.get(metadataKey) ?? "null"));
  const sealed = { ...metadata, seal: computeSeal(metadata, bytes) };
  return writeMetadata(bytes, entries.set(metadataKey, JSON.stringify(sealed)));
}
