import { listLabels } from "../dataset.ts";
import { groupBy, groupByEach } from "./group-by.ts";
import type { FoundClip } from "../readers/reader.ts";
import { at, atKey } from "../../common/at.ts";

/** Folds to test, to validate and to train. */
const usualMinFolds = 3;

export interface AssignedFolds {
  readonly clips: readonly FoundClip[];
  readonly problems: readonly string[];
  readonly warnings?: readonly string[];
}

/**
 * Gives every clip a fold, the same for the same clips: all clips of a recording in one, the clips of each class
 * spread evenly (as scikit-learn's StratifiedGroupKFold aims at). There are as many folds as the class with the most
 * recordings can fill, up to `folds`. A class with fewer recordings fills the last folds first, which train.
 *
 * A clip of several classes counts for each of them, and one of none as if that were a class. Recordings of the scarcest
 * class are placed first, each where its classes are missing most: the order of iterative stratification (Sechidis et
 * al. 2011), for whole recordings.
 *
 * Where no class has more than two recordings, of several clips each, one of the two is fold 1, which tests; the other
 * is split by clip, so that validation shares recordings with training.
 * @param minFolds fewer are a problem
 */
export function assignFolds(
  clips: readonly FoundClip[],
  folds: number,
  minFolds = usualMinFolds,
): AssignedFolds {
  const recordings = [...groupBy(clips, ({ source }) => source).values()];
  const recordingsOf = countRecordings(clips);
  const count = Math.min(folds, Math.max(0, ...recordingsOf.values()));
  if (
    count === 2 &&
    minFolds === usualMinFolds &&
    clips.length >= 2 * usualMinFolds &&
    clips.length >= 2 * recordings.length
  )
    return splitSecondRecording(clips, folds);
  if (clips.length > 0 && count < minFolds) {
    const most = `at most ${count} of a class`;
    return {
      clips,
      problems: [`expected at least ${minFolds} recordings of a class to make folds, got ${most}`],
    };
  }
  const clipsOf = countLabels(clips);
  const load = Array.from({ length: count }, () => new Map<string, number>());
  const foldOf = new Map<string, number>();
  for (const recording of sortRecordings(recordings, recordingsOf)) {
    const labels = countLabels(recording);
    const isScarce = [...labels.keys()].some((label) => atKey(recordingsOf, label) < count);
    const fold = pickFold(load, labels, clipsOf, isScarce);
    const counts = at(load, fold);
    for (const [label, added] of labels) counts.set(label, (counts.get(label) ?? 0) + added);
    for (const { source } of recording) foldOf.set(source, fold + 1);
  }
  return { clips: clips.map((clip) => ({ ...clip, fold: atKey(foldOf, clip.source) })), problems: [] };
}

/** Test clips of other recordings than training clips, and validation clips of the same. */
function splitSecondRecording(clips: readonly FoundClip[], folds: number): AssignedFolds {
  const halves = assignFolds(clips, 2, 2);
  const rest = halves.clips.filter(({ fold }) => fold === 2).map((clip) => ({ ...clip, source: clip.id }));
  const split = assignFolds(rest, folds - 1, 2);
  const foldOf = new Map(split.clips.map(({ id, fold }) => [id, (fold ?? 1) + 1]));
  return {
    clips: halves.clips.map((clip) => ({ ...clip, fold: foldOf.get(clip.id) ?? 1 })),
    problems: split.problems,
    warnings: [
      "no class has more than two recordings: fold 1 tests with one of them, and validation clips are of the same recording as training clips",
    ],
  };
}

/** Position of the fold that has least of the recording's classes; then the emptiest, or for a scarce class the last. */
function pickFold(
  load: readonly ReadonlyMap<string, number>[],
  labels: ReadonlyMap<string, number>,
  clipsOf: ReadonlyMap<string, number>,
  isScarce: boolean,
): number {
  const costs = load.map((counts, fold) => {
    let fraction = 0;
    for (const [label, added] of labels)
      fraction += (added * (counts.get(label) ?? 0)) / atKey(clipsOf, label);
    let total = 0;
    for (const count of counts.values()) total += count;
    return { fold, fraction, rest: isScarce ? -fold : total };
  });
  costs.sort((a, b) => a.fraction - b.fraction || a.rest - b.rest || a.fold - b.fold);
  return at(costs, 0).fold;
}

/** Scarce classes and large recordings first: they are the hardest to place. */
function sortRecordings(
  recordings: readonly FoundClip[][],
  recordingsOf: ReadonlyMap<string, number>,
): FoundClip[][] {
  const scarcity = (recording: FoundClip[]): number =>
    Math.min(...recording.flatMap(listStrata).map((label) => atKey(recordingsOf, label)));
  return [...recordings].sort((a, b) => scarcity(a) - scarcity(b) || b.length - a.length);
}

function countRecordings(clips: readonly FoundClip[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const [label, own] of groupByEach(clips, listStrata)) {
    counts.set(label, new Set(own.map(({ source }) => source)).size);
  }
  return counts;
}

function countLabels(clips: readonly FoundClip[]): Map<string, number> {
  return new Map([...groupByEach(clips, listStrata)].map(([label, own]) => [label, own.length]));
}

/** What of a clip is spread evenly over the folds. */
function listStrata(clip: FoundClip): readonly string[] {
  const labels = listLabels(clip);
  return labels.length === 0 ? [""] : labels;
}
