import { createHash } from "node:crypto";
import { availableParallelism } from "node:os";
import type { Backbone } from "../../features/backbone/backbone.ts";
import { defaultFeatureConfig } from "../../features/feature-config.ts";
import { embeddingVersion } from "../extraction/embedding-extractor.ts";
import { createExtractionPool } from "../extraction/extraction-pool.ts";
import { createClipCache, type FeatureCache } from "./feature-cache.ts";

export interface EmbeddingCacheOptions {
  /** The same as of the features: a file's hash is known to both. */
  readonly folder: string;
  readonly backbone: Backbone;
  readonly backboneFile: string;
  readonly maxClipSeconds?: number;
  /** How much faster the sounds are played. Default 1. */
  readonly speed?: number;
  /** Default: one a core. */
  readonly threads?: number;
}

/** Longest time that a thread may spend on one file: ten minutes of sound are 1,200 windows. */
const timeoutSeconds = 300;

/**
 * A backbone's embeddings on disk, found by content: the audio's bytes, the clip's range, the backbone's bytes and its
 * windows. A clip has one entry, with a row for each of its windows.
 */
export function createEmbeddingCache({
  folder,
  backbone,
  backboneFile,
  maxClipSeconds = 600,
  speed = 1,
  threads = availableParallelism(),
}: EmbeddingCacheOptions): FeatureCache {
  const extraction = { backbone, backboneFile, maxClipSeconds, speed, threads, timeoutSeconds };
  const extractor = createExtractionPool(extraction);
  // The whole clip is one entry: nothing cuts it before the backbone's own windows do.
  const config = {
    ...defaultFeatureConfig,
    sampleRateHz: backbone.sampleRateHz,
    clipSeconds: maxClipSeconds,
  };
  return createClipCache({ folder, key: nameEmbeddings(backbone, speed), config, threads, extractor });
}

/** Names what decides a backbone's embeddings of a sound. */
export function nameEmbeddings(backbone: Backbone, speed = 1): string {
  const { sha256, sampleRateHz, windowSamples, windowHopSamples, output, logMel } = backbone;
  const decisive = [
    embeddingVersion,
    sha256,
    sampleRateHz,
    windowSamples,
    windowHopSamples,
    output.name,
    ...(logMel ? [logMel] : []),
    ...(speed === 1 ? [] : [{ speed }]),
  ];
  return `embeddings-${createHash("sha256").update(JSON.stringify(decisive)).digest("hex").slice(0, 16)}`;
}
