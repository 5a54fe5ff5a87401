import path from "node:path";
import type { FoundClip } from "../readers/reader.ts";
import { groupBy } from "./group-by.ts";

/** Names beyond these add nothing to what they show. */
const triedPlaces = 6;

/**
 * Clips whose names repeat a part (`dog/ada_1.wav`, `cat/ada_2.wav`) may be of one speaker or recording; spread over
 * folds they inflate accuracy. That is no proof, so it is said, with the option that keeps them together.
 * @param clips those whose recording nothing else names; a name's parts stand between `_`, `-`, blanks and dots
 * @returns a warning, or undefined where no part repeats
 */
export function suggestGrouping(clips: readonly FoundClip[]): string | undefined {
  const alone = clips.filter(({ id, source, range }) => source === id && range === undefined);
  if (alone.length < 8 || alone.length < clips.length / 2) return undefined;
  const rows = alone.map(({ id, label }) => ({ label, parts: splitName(id) }));
  let best: { place: number; values: string[] } | undefined;
  for (let place = 0; place < triedPlaces; place++) {
    const values = findRepeated(rows, place);
    if (values !== undefined && values.length > (best?.values.length ?? 0)) best = { place, values };
  }
  if (best === undefined) return undefined;
  const { place, values } = best;
  const examples = values.slice(0, 3).join(", ");
  const skipped = place === 0 ? "" : `(?:[^/_. -]+[_. -]+){${place}}`;
  return `names repeat a part (${examples}${values.length > 3 ? ", ..." : ""}): if it names a speaker or a recording, accuracy is inflated; --group-by '(?:^|/)${skipped}([^/_. -]+)[^/]*$' keeps each in one fold`;
}

function splitName(id: string): string[] {
  return path.posix
    .basename(id)
    .replace(/\.[^.]*$/, "")
    .split(/[_. -]+/);
}

/** The values at a place that repeat within most classes, each in several files, and are not the class itself. */
function findRepeated(
  rows: readonly { readonly label: string; readonly parts: readonly string[] }[],
  place: number,
): string[] | undefined {
  const having = rows.flatMap(({ label, parts }) => {
    const value = parts[place];
    return value === undefined || value === "" || parts.length < 2 ? [] : [{ label, value }];
  });
  if (having.length < 0.8 * rows.length) return undefined;
  const classes = [...groupBy(having, ({ label }) => label).values()];
  const repeating = classes.filter((own) => {
    const distinct = new Set(own.map(({ value }) => value)).size;
    return distinct >= 2 && own.length >= 2 * distinct;
  });
  if (repeating.length < classes.length / 2) return undefined;
  return [...new Set(having.map(({ value }) => value))].sort();
}
