import type { FoundClip } from "../readers/reader.ts";

/**
 * Makes clips of files with the same bytes one recording, so that they stay in one fold.
 * @param duplicates groups of paths, of `findDuplicates`
 */
export function joinDuplicates(
  clips: readonly FoundClip[],
  duplicates: readonly (readonly string[])[],
): FoundClip[] {
  const joined = new Map<string, string>(); // a recording -> the one it belongs to
  const find = (source: string): string => {
    const next = joined.get(source);
    return next === undefined ? source : find(next);
  };
  const groupOf = new Map(duplicates.flatMap((paths, group) => paths.map((path) => [path, group] as const)));
  const firstOf = new Map<number, string>();
  for (const { path, source } of clips) {
    const group = groupOf.get(path);
    if (group === undefined) continue;
    const first = find(firstOf.get(group) ?? source);
    firstOf.set(group, first);
    if (find(source) !== first) joined.set(find(source), first);
  }
  return clips.map((clip) => ({ ...clip, source: find(clip.source) }));
}
