import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { FeatureExtractor } from "../../features/extractor.ts";
import type { FeatureConfig } from "../../features/feature-config.ts";
import { createGraphExtractor } from "../../features/graph/graph-extractor.ts";
import { createMeydaExtractor } from "../../features/meyda/meyda-extractor.ts";
import type { Clip } from "../dataset.ts";
import { extractClips, type ClipFeatures } from "./extract-clips.ts";

export type ExtractorName = FeatureExtractor["name"];

export interface ExtractionRequest {
  readonly path: string;
  /** How messages call the file. */
  readonly name: string;
  /** The clips wanted of it; `undefined` is the whole file. */
  readonly ranges: readonly Clip["range"][];
}

export interface ExtractedFile {
  /** SHA-256 of the bytes that were decoded, 64 hexadecimal digits. */
  readonly contentHash: string;
  /** In the order of the request's ranges. */
  readonly clips: readonly ClipFeatures[];
}

export interface ClipExtractorOptions {
  readonly extractor: ExtractorName;
  readonly config: FeatureConfig;
  /** Longest file that is decoded. */
  readonly maxClipSeconds: number;
  /** How much faster the sound is played. */
  readonly speed: number;
}

/** From an audio file to its clips' features. */
export interface ClipExtractor {
  /** @throws UserError for a bad file, and what the file system throws */
  extract(request: ExtractionRequest): Promise<ExtractedFile>;
  dispose(): Promise<void>;
}

/** Extracts in this thread, one file at a time. */
export function createClipExtractor({
  extractor,
  config,
  maxClipSeconds,
  speed,
}: ClipExtractorOptions): ClipExtractor {
  let features: Promise<FeatureExtractor> | undefined; // made on first use: a warm cache needs none
  return {
    async extract({ path, name, ranges }) {
      features ??= createFeatureExtractor(extractor, config);
      const bytes = await readFile(path);
      const contentHash = createHash("sha256").update(bytes).digest("hex");
      return {
        contentHash,
        clips: await extractClips(
          { bytes, name, ranges },
          { config, extractor: await features, maxSeconds: maxClipSeconds, speed },
        ),
      };
    },
    dispose: async () => await (await features)?.dispose(),
  };
}

/** From samples to log-mel, in this thread. */
export async function createFeatureExtractor(
  name: ExtractorName,
  config: FeatureConfig,
): Promise<FeatureExtractor> {
  switch (name) {
    case "meyda":
      return createMeydaExtractor(config);
    case "graph": {
      const ort = await import("onnxruntime-node"); // only here: who chooses Meyda needs no ONNX Runtime
      return await createGraphExtractor(config, ort, { session: { intraOpNumThreads: 1 } });
    }
  }
}
