import { listLabels, type Dataset } from "./dataset.ts";
import type { CachedClip } from "./cache/feature-cache.ts";
import { groupBy, groupByEach } from "./folds/group-by.ts";

/** What the clips of one class, or of all, are like. */
export interface ClipsSummary {
  readonly clips: number;
  /** Different recordings that the clips were cut from. */
  readonly recordings: number;
  readonly seconds: number;
  /** Clips in fold 1, 2 and so on. */
  readonly clipsPerFold: readonly number[];
  /** Rates of the files, ascending. */
  readonly sampleRatesHz: readonly number[];
  /** Fraction of the time below -60 dB of full scale. */
  readonly silentFraction: number;
  /** Fraction of the time at full scale. */
  readonly clippedFraction: number;
  /** Clips in which nothing rises above -60 dB: there is nothing to learn from. */
  readonly silentClips: number;
  /** Clips whose audio occurs in the set a second time, byte for byte. */
  readonly duplicates: number;
  /** Recordings with clips in more than one fold. */
  readonly splitRecordings: number;
}

export interface DatasetSummary {
  readonly classes: readonly ({ readonly label: string } & ClipsSummary)[];
  readonly total: ClipsSummary;
}

/** @param cached the data set's clips, as `openFeatureSet` gives them */
export function summariseDataset({ labels, clips }: Dataset, cached: readonly CachedClip[]): DatasetSummary {
  const folds = Math.max(0, ...new Set(clips.map(({ fold }) => fold)));
  const copies = countCopies(cached);
  const ofClass = groupByEach(cached, ({ clip }) => listLabels(clip));
  return {
    classes: labels.map((label) => ({ label, ...summariseClips(ofClass.get(label) ?? [], folds, copies) })),
    total: summariseClips(cached, folds, copies),
  };
}

function summariseClips(
  cached: readonly CachedClip[],
  folds: number,
  copies: ReadonlyMap<string, number>,
): ClipsSummary {
  const bySource = groupBy(cached, ({ clip }) => clip.source);
  const seconds = sum(cached, ({ facts }) => facts.seconds);
  const fraction = (fractionOf: (clip: CachedClip) => number): number =>
    seconds === 0 ? 0 : sum(cached, (clip) => fractionOf(clip) * clip.facts.seconds) / seconds;
  return {
    clips: cached.length,
    recordings: bySource.size,
    seconds,
    clipsPerFold: Array.from({ length: folds }, (_, index) =>
      sum(cached, ({ clip }) => (clip.fold === index + 1 ? 1 : 0)),
    ),
    sampleRatesHz: [...new Set(cached.map(({ facts }) => facts.sampleRateHz))].sort((a, b) => a - b),
    silentFraction: fraction(({ facts }) => facts.silentFraction),
    clippedFraction: fraction(({ facts }) => facts.clippedFraction),
    silentClips: sum(cached, ({ facts }) => (facts.silentFraction === 1 ? 1 : 0)),
    duplicates: sum(cached, (clip) => ((copies.get(nameContent(clip)) ?? 0) > 1 ? 1 : 0)),
    splitRecordings: sum([...bySource.values()], (same) =>
      new Set(same.map(({ clip }) => clip.fold)).size > 1 ? 1 : 0,
    ),
  };
}

function countCopies(cached: readonly CachedClip[]): Map<string, number> {
  return new Map([...groupBy(cached, nameContent)].map(([content, same]) => [content, same.length]));
}

/** The audio of a clip: its file's bytes, and which part. */
function nameContent({ contentHash, clip: { range } }: CachedClip): string {
  return range === undefined ? contentHash : `${contentHash} ${range.startSeconds} ${range.endSeconds}`;
}

function sum<Item>(items: readonly Item[], valueOf: (item: Item) => number): number {
  return items.reduce((total, item) => total + valueOf(item), 0);
}
