import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import * as z from "zod";
import { UserError } from "../../common/user-error.ts";
import {
  type ClipExtractor,
  type ClipExtractorOptions,
  createClipExtractor,
  type ExtractedFile,
  type ExtractionRequest,
} from "./clip-extractor.ts";
import { createEmbeddingExtractor, type EmbeddingExtractorOptions } from "./embedding-extractor.ts";

/** What a worker makes of files: features, or a backbone's embeddings. */
export type ExtractorOptions = ClipExtractorOptions | EmbeddingExtractorOptions;

export interface ExtractionTask {
  /** The same in all tasks of a pool. */
  readonly options: ExtractorOptions;
  readonly request: ExtractionRequest;
}

/** A worker's answer: an error's class does not survive the way between threads, so refusals travel as text. */
export type ExtractionAnswer = { readonly file: ExtractedFile } | { readonly refusal: string };

/** Buffers of a few files of some seconds. */
const maxBufferBytes = 4 * 2 ** 20;

let extractor: ClipExtractor | undefined;

/** What each of the pool's threads runs: one file at a time. */
export default async function extractFile({ options, request }: ExtractionTask): Promise<ExtractionAnswer> {
  freeDeadBuffers(maxBufferBytes);
  extractor ??= "backbone" in options ? createEmbeddingExtractor(options) : createClipExtractor(options);
  try {
    return { file: await extractor.extract(request) };
  } catch (error) {
    if (isRefusal(error)) return { refusal: error.message };
    throw error;
  }
}

/** A bad file, or one that the operating system does not give. */
function isRefusal(error: unknown): error is Error {
  return error instanceof UserError || (error instanceof Error && "syscall" in error);
}

type Collector = (options?: { readonly type: "minor" }) => void;

const collectorSchema = z.custom<Collector>((value) => typeof value === "function");

let collect: Collector | undefined;

/**
 * Collects this thread's garbage when its buffers, dead ones included, take more than `maxBytes`. V8 leaves it at
 * about 64 MB a thread, for it sees small objects where there are seconds of sound; malloc's heaps, which never
 * shrink again, then grow for hundreds of files, and the more the more threads there are.
 */
function freeDeadBuffers(maxBytes: number): void {
  if (process.memoryUsage().arrayBuffers <= maxBytes) return;
  collect ??= findCollector();
  collect({ type: "minor" }); // most died young, and a whole collection takes as long as half a clip's features
  if (process.memoryUsage().arrayBuffers > maxBytes) collect();
}

/** V8's own `gc`, which a context has that was made after the flag was set. */
function findCollector(): Collector {
  setFlagsFromString("--expose-gc");
  return collectorSchema.parse(runInNewContext("gc"));
}
