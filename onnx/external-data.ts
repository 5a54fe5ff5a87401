import { viewBytes } from "./element-types.ts";
import type { Constant, Model } from "./graph.ts";
import { type ExternalPlace, writeModel } from "./write-model.ts";

/** A protobuf message, and so an `.onnx` file, holds less than 2 GiB. */
export const maxFileBytes = 2 ** 31 - 1;

/** Where runtimes map files from, tensors should begin on a page of memory. */
const alignment = 4096;

export interface ExternalModel {
  /** The `.onnx` file: everything but the large tensors. */
  readonly model: Uint8Array;
  /** The data file in its order, piece by piece; a tensor's piece is a view, so that nothing is held twice. */
  readonly pieces: Iterable<Uint8Array>;
  readonly dataBytes: number;
}

/**
 * A model whose large tensors lie in a file of their own (onnx/docs/ExternalData.md), as models over 2 GB must.
 * @param location name of the data file, beside the model
 * @param minBytes tensors of this size and more go there
 */
export function writeExternalModel(model: Model, location: string, minBytes = 1024): ExternalModel {
  const places = new Map<Constant, ExternalPlace>();
  let end = 0;
  for (const constant of model.constants) {
    const length = constant.data.byteLength;
    if (length < minBytes) continue;
    const offset = Math.ceil(end / alignment) * alignment;
    places.set(constant, { location, offset, length });
    end = offset + length;
  }
  return { model: writeModel(model, places), pieces: listPieces(places), dataBytes: end };
}

/** Bytes that the model's tensors take. */
export function countDataBytes({ constants }: Model): number {
  return constants.reduce((sum, { data }) => sum + data.byteLength, 0);
}

function* listPieces(places: ReadonlyMap<Constant, ExternalPlace>): Generator<Uint8Array> {
  let end = 0;
  for (const [{ data }, { offset, length }] of places) {
    if (offset > end) yield new Uint8Array(offset - end);
    yield viewBytes(data);
    end = offset + length;
  }
}
