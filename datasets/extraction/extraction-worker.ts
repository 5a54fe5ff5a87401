import { UserError } from "../../common/user-error.ts";
import {
  createClipExtractor,
  type ClipExtractor,
  type ClipExtractorOptions,
  type ExtractedFile,
  type ExtractionRequest,
} from "./clip-extractor.ts";
import { createEmbeddingExtractor, type EmbeddingExtractorOptions } from "./embedding-extractor.ts";
import { freeDeadBuffers } from "./free-dead-buffers.ts";

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
