import { listLabels } from "./dataset.ts";
import { groupBy, groupByEach } from "./folds/group-by.ts";
import type { FoundClip } from "./readers/reader.ts";

/** What stops a data set, one line each: too few classes or folds, an empty fold, an id twice. */
export function listClipProblems(clips: readonly FoundClip[]): string[] {
  if (clips.length === 0) return ["expected clips, got none"];
  const labels = new Set(clips.flatMap(listLabels));
  const problems: string[] = [];
  if (labels.size < 2) problems.push(`expected at least 2 classes, got only ${[...labels].join()}`);
  if (labels.size > 1000) problems.push(`expected at most 1000 classes, got ${labels.size}`);
  problems.push(...listRepeatedIds(clips), ...listEmptyFolds(clips));
  return problems;
}

/** What the user should know though it stops nothing: leaks between folds, classes missing from a fold. */
export function listClipWarnings(clips: readonly FoundClip[]): string[] {
  return [...shorten(listSplitSources(clips)), ...shorten(listClassesMissingFolds(clips))];
}

/** Files with the same bytes under different classes. @param duplicates groups of paths */
export function listContradictions(
  clips: readonly FoundClip[],
  duplicates: readonly (readonly string[])[],
): string[] {
  const byPath = groupBy(clips, ({ path }) => path);
  const warnings = duplicates.flatMap((paths) => {
    const same = paths.flatMap((path) => byPath.get(path) ?? []).filter(({ range }) => range === undefined);
    const labels = new Set(same.map(({ label }) => label));
    const ids = same.map(({ id }) => id).join(" and ");
    return labels.size > 1 ? [`${ids}: the same audio under different classes`] : [];
  });
  return shorten(warnings);
}

const shownWarnings = 10;

/** A thousand classes may have a thousand warnings. */
function shorten(warnings: string[]): string[] {
  const more = warnings.length - shownWarnings;
  return more <= 1 ? warnings : [...warnings.slice(0, shownWarnings), `and ${more} more of this kind`];
}

function listRepeatedIds(clips: readonly FoundClip[]): string[] {
  const counts = groupBy(clips, ({ id }) => id);
  return [...counts]
    .filter(([, same]) => same.length > 1)
    .map(([id, same]) => `${id}: expected one entry, got ${same.length}`);
}

function listEmptyFolds(clips: readonly FoundClip[]): string[] {
  const folds = new Set(clips.flatMap(({ fold }) => fold ?? []));
  if (folds.size === 0) return []; // not assigned yet
  const last = Math.max(...folds);
  if (folds.size < 2) return [`expected at least 2 folds, got only fold ${last}`];
  const numbers = Array.from({ length: last }, (_, index) => index + 1);
  return numbers
    .filter((fold) => !folds.has(fold))
    .map((fold) => `fold ${fold}: expected clips, got none (folds go from 1 to ${last})`);
}

function listSplitSources(clips: readonly FoundClip[]): string[] {
  const warnings: string[] = [];
  for (const [source, ids] of groupBy(clips, ({ source }) => source)) {
    const folds = [...new Set(ids.map(({ fold }) => fold))].sort();
    if (folds.length > 1) {
      warnings.push(
        `recording ${source}: expected one fold, got clips in folds ${folds.join(" and ")}: scores are inflated`,
      );
    }
  }
  return warnings;
}

function listClassesMissingFolds(clips: readonly FoundClip[]): string[] {
  const folds = [...new Set(clips.map(({ fold }) => fold))].sort();
  const warnings: string[] = [];
  for (const [label, own] of groupByEach(clips, listLabels)) {
    const present = new Set(own.map(({ fold }) => fold));
    const missing = folds.filter((fold) => !present.has(fold));
    if (missing.length > 0) warnings.push(`class ${label}: no clips in fold ${missing.join(", ")}`);
  }
  return warnings;
}
