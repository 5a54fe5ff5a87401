import { UserError } from "../common/user-error.ts";
import { makeVisible } from "../common/visible-text.ts";
import { groupBy } from "./folds/group-by.ts";

const shownOfKind = 5;
const shownKinds = 12;
const maxLineCharacters = 300;

/** Everything that is wrong with a data set: the message is grouped and capped, `problems` has all. */
export class DatasetError extends UserError {
  readonly problems: readonly string[];

  constructor(root: string, problems: readonly string[], remedy = "") {
    super(formatProblems(root, problems, remedy));
    this.problems = problems;
  }
}

/** One message for everything that is wrong with a folder: how much, a line for each, and what the user may do. */
function formatProblems(root: string, problems: readonly string[], remedy: string): string {
  const lines = capLines(problems).map((line) => `\n  ${line}`);
  const end = remedy === "" ? "" : `\n${remedy}`;
  return `${makeVisible(root)}: ${problems.length} problem${problems.length === 1 ? "" : "s"}${lines.join("")}${end}`;
}

/**
 * The lines of a long list in their order, of each kind the first few.
 *
 *     capLines(["a.wav: expected x, got 1", "b.wav: expected x, got 2", …]); // […, "and 30 more of this kind"]
 *
 * A line's kind is what it says after its subject, without what was found.
 */
export function capLines(lines: readonly string[]): string[] {
  const kinds = [...groupBy(lines, findKind).entries()];
  const shown = new Map(kinds.slice(0, shownKinds).map(([kind, { length }]) => [kind, { length, done: 0 }]));
  const capped = lines.flatMap((line) => {
    const kind = shown.get(findKind(line));
    if (kind === undefined) return [];
    kind.done++;
    const more = kind.length - shownOfKind;
    if (more <= 1 || kind.done < shownOfKind) return [shortenLine(line)];
    return kind.done === shownOfKind ? [shortenLine(line), `and ${more} more of this kind`] : [];
  });
  const left = kinds.slice(shownKinds).reduce((sum, [, { length }]) => sum + length, 0);
  return left === 0 ? capped : [...capped, `and ${left} more of ${kinds.length - shownKinds} other kinds`];
}

function findKind(line: string): string {
  const expectation = /: (?:[\w-]+: )?(expected .*)$/s.exec(line)?.[1] ?? line.replace(/^.*?: /s, "");
  return expectation
    .replace(/,? got .*$/s, "")
    .replaceAll(/\d+(?:\.\d+)?/g, "0")
    .replace(/ the file .*$/s, " the file");
}

function shortenLine(line: string): string {
  const visible = makeVisible(line);
  return visible.length <= maxLineCharacters ? visible : `${visible.slice(0, maxLineCharacters - 3)}...`;
}
