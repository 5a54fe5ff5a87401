import { createReadStream } from "node:fs";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import * as ort from "onnxruntime-node";
import type { OrtRuntime } from "../features/ort-runtime.ts";
import { requireCuda } from "./check-cuda.ts";
import type { Classifier } from "./classifier.ts";
import { type ClassifierOptions, createClassifierOn } from "./create-classifier.ts";
import type { ByteStream, NamedBytes, Platform, StopSignal } from "./platform.ts";
import type { BytesInMemory } from "./read-bytes.ts";
import { nameWebSource, openWebSource, readWebSource, refuseBy, type WebSource } from "./read-web-source.ts";

export * from "./api.ts";

/** What Node reads bytes from: a path, an address, a fetched Response, a Blob or File. */
export type NodeSource = WebSource;

const nodePlatform: Platform<NodeSource> = {
  defaultProviders: ["cpu"],
  loadOrt,
  read: readNodeSource,
  open: openNodeSource,
  enqueue: (run) => run(),
};

/**
 *     const ears = await createClassifier("model.onnx");
 *     const [best] = await ears.classify("dog.ogg");
 *
 * @throws ModelError, BackendError, SourceError when there is no such file
 */
export function createClassifier(
  model: NodeSource | BytesInMemory,
  options?: ClassifierOptions,
): Promise<Classifier<NodeSource>> {
  return createClassifierOn(nodePlatform, model, options);
}

// eslint-disable-next-line @typescript-eslint/require-await -- what is thrown must reject, as in the browser
async function loadOrt(provider: string): Promise<OrtRuntime> {
  if (provider === "cuda") requireCuda();
  return ort;
}

function readNodeSource(source: NodeSource, signal?: StopSignal): Promise<NamedBytes> {
  const path = findPath(source);
  if (path === undefined) return readWebSource(source, signal);
  return refuseBy(path, signal, async () => ({ name: path, bytes: await readFile(path) }));
}

function openNodeSource(source: NodeSource, signal?: StopSignal): Promise<ByteStream> {
  const path = findPath(source);
  if (path === undefined) return openWebSource(source, signal);
  return Promise.resolve({ name: nameWebSource(source), pieces: readPieces(path, signal) });
}

async function* readPieces(path: string, signal?: StopSignal): AsyncGenerator<Uint8Array, void, undefined> {
  const stream = createReadStream(path);
  try {
    const iterator: AsyncIterator<Buffer> = stream[Symbol.asyncIterator]();
    for (;;) {
      const next = await refuseBy(path, signal, () => iterator.next());
      if (next.done === true) return;
      yield next.value;
    }
  } finally {
    stream.destroy();
  }
}

/** The path of a file on this machine; undefined for what is fetched. `C:\clip.wav` is a path. */
function findPath(source: NodeSource): string | undefined {
  if (source instanceof URL) return source.protocol === "file:" ? fileURLToPath(source) : undefined;
  if (typeof source !== "string" || /^https?:\/\//.test(source)) return undefined;
  return source.startsWith("file://") ? fileURLToPath(source) : source;
}
