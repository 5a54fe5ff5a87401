import { availableParallelism } from "node:os";
import path from "node:path";
import { hashExtraction, type FeatureConfig } from "../../features/feature-config.ts";
import type { LogMel } from "../../features/log-mel.ts";
import { createClipExtractor, type ClipExtractor, type ExtractorName } from "../extraction/clip-extractor.ts";
import { openContentIndex, type ContentIndex } from "./content-index.ts";
import type { Clip } from "../dataset.ts";
import { extractionVersion, findPlaybackRate, type ClipFeatures } from "../extraction/extract-clips.ts";
import { createExtractionPool } from "../extraction/extraction-pool.ts";
import type { ClipFacts, FeatureEntry } from "./feature-entry.ts";
import { createFeatureStore, type NoEntry } from "./feature-store.ts";

export interface FeatureCacheOptions {
  /** Holds the entries of all runs, data sets and configs. */
  readonly folder: string;
  readonly config: FeatureConfig;
  readonly extractor: ExtractorName;
  /** Longest file that is decoded: a small one can claim hours. Default 600. */
  readonly maxClipSeconds?: number;
  /** How much faster the sounds are played, for augmentation. Default 1. */
  readonly speed?: number;
  /** Threads that extract; 0 is this one, where nothing ends a decoder that hangs. Default: one a core. */
  readonly threads?: number;
  /** Longest time that a thread may spend on one file. Default 60. */
  readonly timeoutSeconds?: number;
}

/** Counts of clips since the cache was opened. */
export interface CacheStatistics {
  /** Found and whole. */
  readonly hits: number;
  readonly computed: number;
  /** Of those computed: found damaged and made anew. */
  readonly repaired: number;
}

/** A clip whose features lie in the cache. */
export interface CachedClip {
  readonly clip: Clip;
  readonly facts: ClipFacts;
  /** Windows that the clip was cut into. */
  readonly windows: number;
  /** SHA-256 of the file, 64 hexadecimal digits. */
  readonly contentHash: string;
}

/** Log-mel on disk, found by content: the same audio under any name, in any run, is computed once. */
export interface FeatureCache {
  readonly config: FeatureConfig;
  /** Files that are worth preparing at once. */
  readonly concurrency: number;
  readonly statistics: CacheStatistics;
  /** Features of a clip's window, from disk or computed. @throws UserError for a bad file */
  read(clip: Clip, window?: number): Promise<LogMel>;
  /** Makes sure of clips that lie in one file, which is decoded at most once. @throws UserError for a bad file */
  prepare(clips: readonly Clip[]): Promise<CachedClip[]>;
  /** Ends the extractor, and remembers the files' hashes for the next run. */
  dispose(): Promise<void>;
}

const defaults = { maxClipSeconds: 600, speed: 1, threads: availableParallelism(), timeoutSeconds: 60 };

/**
 * Opens the cache of one config and extractor. Entries are keyed by the audio's bytes, the clip's range, the
 * extraction settings, the speed, the extractor and its version.
 */
export function createFeatureCache(given: FeatureCacheOptions): FeatureCache {
  const options = { ...defaults, ...given };
  const { folder, config, threads, speed } = options;
  const suffix = speed === 1 ? "" : `-from-${findPlaybackRate(config, speed)}-Hz`;
  const key = `${options.extractor}-${extractionVersion}-${hashExtraction(config)}${suffix}`;
  return createClipCache({ folder, key, config, threads, extractor: startExtractor(options) });
}

interface ClipCacheOptions {
  /** Holds the entries of all keys, and the index of the files' hashes. */
  readonly folder: string;
  /** Name of the sub-folder for what one extractor makes by one config. */
  readonly key: string;
  readonly config: FeatureConfig;
  readonly threads: number;
  /** Ended by the cache. */
  readonly extractor: ClipExtractor;
}

/**
 * The cache around any extractor. Entries are written atomically and verified on every read, so any number of
 * processes may share the folder.
 */
export function createClipCache({ folder, key, config, threads, extractor }: ClipCacheOptions): FeatureCache {
  const store = createFeatureStore(path.join(folder, key));
  const statistics = { hits: 0, computed: 0, repaired: 0 };
  let index: Promise<ContentIndex> | undefined;

  const hashFile = async (file: string): Promise<string> => {
    index ??= openContentIndex(path.join(folder, "content-index.json"));
    return await (await index).hash(file);
  };

  const count = (found: FeatureEntry | NoEntry): void => {
    if (typeof found !== "string") statistics.hits++;
    else statistics.computed++;
    if (found === "damaged") statistics.repaired++;
  };

  /** The clip's first window, when all of its windows are whole. */
  const find = async (contentHash: string, { range }: Clip): Promise<FeatureEntry | NoEntry> => {
    const first = await store.read(contentHash, range, 0);
    if (typeof first === "string") return first;
    for (let window = 1; window < first.windows; window++) {
      if (typeof (await store.read(contentHash, range, window)) === "string") return "damaged";
    }
    return first;
  };

  /** Extracts and stores clips of one file. */
  const compute = async (clips: readonly Clip[]): Promise<(ClipFeatures & { contentHash: string })[]> => {
    const [first] = clips;
    if (first === undefined) return [];
    const ranges = clips.map(({ range }) => range);
    const file = await extractor.extract({ path: first.path, name: first.id, ranges });
    for (const [position, features] of file.clips.entries()) {
      await store.write(file.contentHash, ranges[position], features);
    }
    return file.clips.map((features) => ({ ...features, contentHash: file.contentHash }));
  };

  return {
    config,
    concurrency: 2 * Math.max(1, threads), // one file waits for each thread, so that none is idle
    statistics,
    async read(clip, window = 0) {
      const found = await store.read(await hashFile(clip.path), clip.range, window);
      count(found);
      if (typeof found !== "string") return found.features;
      const features = (await compute([clip]))[0]?.windows[window];
      if (features === undefined)
        throw new RangeError(`${clip.id}: expected a window of the clip, got ${window}`);
      return features;
    },
    async prepare(clips) {
      const cached = new Map<Clip, CachedClip>();
      const missing: Clip[] = [];
      for (const clip of clips) {
        const contentHash = await hashFile(clip.path);
        const found = await find(contentHash, clip);
        count(found);
        if (typeof found === "string") missing.push(clip);
        else cached.set(clip, { clip, facts: found.facts, windows: found.windows, contentHash });
      }
      for (const [position, { facts, windows, contentHash }] of (await compute(missing)).entries()) {
        const clip = missing[position];
        if (clip) cached.set(clip, { clip, facts, windows: windows.length, contentHash });
      }
      return clips.flatMap((clip) => cached.get(clip) ?? []);
    },
    async dispose() {
      await extractor.dispose();
      await (await index)?.save();
    },
  };
}

function startExtractor({
  threads,
  timeoutSeconds,
  maxClipSeconds,
  extractor,
  config,
  speed,
}: Required<FeatureCacheOptions>): ClipExtractor {
  const options = { extractor, config, maxClipSeconds, speed };
  return threads === 0
    ? createClipExtractor(options)
    : createExtractionPool({ ...options, threads, timeoutSeconds });
}
