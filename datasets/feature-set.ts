import type { LogMel } from "../features/log-mel.ts";
import { UserError } from "../common/user-error.ts";
import { cutClip } from "./extraction/cut-windows.ts";
import { listLabels, type Clip, type Dataset } from "./dataset.ts";
import { CacheError } from "./cache/cache-error.ts";
import type { CachedClip, CacheStatistics, FeatureCache } from "./cache/feature-cache.ts";
import { forEachConcurrently } from "./for-each-concurrently.ts";
import { DatasetError } from "./format-problems.ts";
import { groupBy } from "./folds/group-by.ts";

/** What training and evaluation see of a data set. No features are held in memory: `read` goes to the disk. */
export interface FeatureSet {
  /** Class names; a class's index is its position. */
  readonly labels: readonly string[];
  /** One entry per window: a clip longer than `clipSeconds` stands here once for each of its windows (`parent`). */
  readonly clips: readonly Clip[];
  /** Raw log-mel of `clips[index]`. @throws RangeError for no such clip */
  read(index: number): Promise<LogMel>;
}

/** A clip that was left out, and why. */
interface BadClip {
  readonly clip: Clip;
  readonly reason: string;
}

export interface PreparedFeatureSet extends FeatureSet {
  /** Length of a window. */
  readonly clipSeconds: number;
  /** The data set's whole clips, with what their audio is like; bad ones are left out. */
  readonly cached: readonly CachedClip[];
  /** Left out because of `skipBadClips`. */
  readonly badClips: readonly BadClip[];
  /** How many clips came from the cache when the set was opened. */
  readonly statistics: CacheStatistics;
}

export interface OpenFeatureSetOptions {
  /** Leaves bad clips out instead of refusing the set. */
  readonly skipBadClips?: boolean;
  /** @param done clips ready, of `total` */
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * Makes sure that the features of every clip lie in the cache.
 * @throws UserError listing every bad clip with its reason, unless they are skipped; or when none is left of a class
 */
export async function openFeatureSet(
  dataset: Dataset,
  cache: FeatureCache,
  { skipBadClips = false, onProgress }: OpenFeatureSetOptions = {},
): Promise<PreparedFeatureSet> {
  const before = { ...cache.statistics };
  const cached = new Map<string, CachedClip>();
  const badClips: BadClip[] = [];
  const files = [...groupBy(dataset.clips, ({ path }) => path).values()];
  let done = 0;
  await forEachConcurrently(files, cache.concurrency, async (clips) => {
    try {
      for (const found of await cache.prepare(clips)) cached.set(found.clip.id, found);
    } catch (error) {
      const reason = readReason(error);
      for (const clip of clips) badClips.push({ clip, reason });
    }
    done += clips.length;
    onProgress?.(done, dataset.clips.length);
  });
  badClips.sort((a, b) => (a.clip.id < b.clip.id ? -1 : 1)); // not in the order of finishing
  const whole = dataset.clips.flatMap(({ id }) => cached.get(id) ?? []);
  checkBadClips(dataset, whole, badClips, skipBadClips);
  return {
    ...createFeatureSet(dataset, whole, cache),
    clipSeconds: cache.config.clipSeconds,
    cached: whole,
    badClips,
    statistics: subtract(cache, before),
  };
}

function createFeatureSet(dataset: Dataset, whole: readonly CachedClip[], cache: FeatureCache): FeatureSet {
  const { labels, trimsLongClips } = dataset;
  const windows = whole.flatMap((cached) => {
    const clips = trimsLongClips ? [cached.clip] : listWindows(cached, cache.config);
    return clips.map((clip, window) => ({ clip, whole: cached.clip, window }));
  });
  return {
    labels,
    clips: windows.map(({ clip }) => clip),
    read: async (index) => {
      const found = windows[index];
      if (found === undefined) throw new RangeError(`clip ${index}: expected one of ${windows.length} clips`);
      return await cache.read(found.whole, found.window);
    },
  };
}

/** The clip itself or, when it is longer than a window, one clip for each of its windows. */
function listWindows({ clip, facts, windows }: CachedClip, config: FeatureCache["config"]): Clip[] {
  if (windows === 1) return [clip];
  const clipStart = clip.range?.startSeconds ?? 0;
  return cutClip(facts, config).map((start, window) => {
    const startSeconds = clipStart + start;
    const range = { startSeconds, endSeconds: startSeconds + config.clipSeconds };
    return { ...clip, id: `${clip.id}#${window + 1}`, range, parent: clip.id };
  });
}

function checkBadClips(
  { root, labels }: Dataset,
  whole: readonly CachedClip[],
  badClips: readonly BadClip[],
  skip: boolean,
): void {
  if (badClips.length === 0) return;
  const reasons = [...new Set(badClips.map(({ reason }) => reason))];
  if (!skip) {
    const isTooLong = reasons.some((reason) => reason.endsWith("s of sound, got more"));
    const remedy = `--skip-bad-clips continues without them${isTooLong ? ", --max-clip-seconds takes longer files" : ""}`;
    throw new DatasetError(root, reasons, remedy);
  }
  const left = new Set(whole.flatMap(({ clip }) => listLabels(clip)));
  const lost = labels.filter((label) => !left.has(label));
  if (lost.length > 0) {
    const losses = lost.map((label) => `class ${label}: expected good clips, got none`);
    throw new DatasetError(root, [...losses, ...reasons]);
  }
}

/** What is wrong with a file. Everything but a bad or unreadable file is a bug, and is thrown on. */
function readReason(error: unknown): string {
  if (error instanceof CacheError) throw error;
  const isSystemError = error instanceof Error && "syscall" in error;
  if (error instanceof UserError || isSystemError) return error.message;
  throw error;
}

function subtract({ statistics }: FeatureCache, before: CacheStatistics): CacheStatistics {
  return {
    hits: statistics.hits - before.hits,
    computed: statistics.computed - before.computed,
    repaired: statistics.repaired - before.repaired,
  };
}
