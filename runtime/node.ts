import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import * as ort from "onnxruntime-node";
import type { Classifier } from "./classifier.ts";
import { type ClassifierOptions, createClassifierOn } from "./create-classifier.ts";
import { describeError, SourceError } from "./errors.ts";
import type { NamedBytes, Platform } from "./platform.ts";
import type { BytesInMemory } from "./read-bytes.ts";

/** What Node reads bytes from: a path or web address, a fetched Response, a Blob or File. */
export type NodeSource = string | URL | Response | Blob;

const nodePlatform: Platform<NodeSource> = {
  defaultProviders: ["cpu"],
  loadOrt: () => Promise.resolve(ort),
  read: readNodeSource,
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

async function readNodeSource(source: NodeSource): Promise<NamedBytes> {
  const name = nameSource(source);
  try {
    return { name, bytes: await readSource(source) };
  } catch (error) {
    throw new SourceError(`${name}: expected something to read, got ${describeReadError(error)}`, {
      cause: error,
    });
  }
}

function nameSource(source: NodeSource): string {
  if (typeof source === "string") return source;
  if (source instanceof URL) return source.href;
  if (source instanceof Response) return source.url || "response";
  return "name" in source && typeof source.name === "string" ? source.name : "blob";
}

async function readSource(source: NodeSource): Promise<Uint8Array> {
  if (source instanceof Blob) return new Uint8Array(await source.arrayBuffer());
  if (source instanceof Response) return readResponse(source);
  const url = parseUrl(source);
  if (url === undefined) return readFile(source);
  return url.protocol === "file:" ? readFile(fileURLToPath(url)) : readResponse(await fetch(url));
}

async function readResponse(response: Response): Promise<Uint8Array> {
  if (!response.ok) throw new Error(`HTTP status ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}

/** A URL for an address, undefined for a path; `C:\\clip.wav` is a path. */
function parseUrl(source: string | URL): URL | undefined {
  if (source instanceof URL) return source;
  return /^(?:https?|file):\/\//.test(source) ? new URL(source) : undefined;
}

/** Node's own messages repeat the path; a code says it shorter. */
function describeReadError(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "ENOENT") return "no such file";
  if (code === "EISDIR") return "a folder";
  return describeError(error);
}
