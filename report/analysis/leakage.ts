import type { RunResult } from "../run/run-result.ts";
import { atKey } from "../../common/at.ts";

/** A recording whose clips lie in several folds: a network may know it from training when it is tested. */
interface LeakingSource {
  readonly source: string;
  readonly folds: readonly number[];
  readonly clips: number;
}

export interface LeakageCheck {
  /** Clips, recordings and folds that the check saw. */
  readonly clips: number;
  readonly sources: number;
  readonly folds: readonly number[];
  readonly leaking: readonly LeakingSource[];
  /** Clips that several classes claim. */
  readonly ambiguous: readonly string[];
  /** Whether the run kept the list of all its clips; else only the scored ones were seen. */
  readonly complete: boolean;
}

/** Looks for recordings that fall on both sides of a split; null when no clip names its recording and fold. */
export function checkLeakage(run: RunResult): LeakageCheck | null {
  const complete = run.data.clips.length > 0;
  const clips = complete ? run.data.clips : run.jobs.flatMap(({ predictions }) => predictions);
  const foldsOfSource = new Map<string, Set<number>>();
  const clipsOfSource = new Map<string, Set<string>>();
  const labelsOfClip = new Map<string, Set<string>>();
  for (const { id, source, fold, label } of clips) {
    addTo(labelsOfClip, id, label);
    addTo(foldsOfSource, source, fold);
    addTo(clipsOfSource, source, id);
  }
  if (foldsOfSource.size === 0) return null;
  const leaking = [...foldsOfSource].filter(([, folds]) => folds.size > 1);
  return {
    clips: labelsOfClip.size,
    sources: foldsOfSource.size,
    folds: sortNumbers(new Set([...foldsOfSource.values()].flatMap((folds) => [...folds]))),
    leaking: leaking.map(([source, folds]) => ({
      source,
      folds: sortNumbers(folds),
      clips: atKey(clipsOfSource, source).size,
    })),
    ambiguous: [...labelsOfClip].filter(([, labels]) => labels.size > 1).map(([id]) => id),
    complete,
  };
}

function addTo<Key, Value>(sets: Map<Key, Set<Value>>, key: Key, value: Value): void {
  const set = sets.get(key);
  if (set === undefined) sets.set(key, new Set([value]));
  else set.add(value);
}

function sortNumbers(numbers: ReadonlySet<number>): number[] {
  return [...numbers].sort((one, two) => one - two);
}
