/**
 * The first lines of a list of problems that fit into a message, and how many are left: no message is longer than a
 * screen, and none shows one problem of a hundred.
 *
 *     capList(["a: missing", "b: missing", "c: missing"], 25); // ["a: missing", "b: missing", "and 1 more"]
 *
 * @param maxCharacters of all lines together; a first line that is longer is cut
 * @param weigh how many problems the line at an index stands for; 1 by default
 */
export function capList(
  lines: readonly string[],
  maxCharacters = 300,
  weigh: (index: number) => number = () => 1,
): string[] {
  const kept: string[] = [];
  let characters = 0;
  let left = 0;
  for (const [index, line] of lines.entries()) {
    characters += line.length;
    if (characters <= maxCharacters) kept.push(line);
    else if (index === 0) kept.push(`${line.slice(0, maxCharacters - 3)}...`);
    else left += weigh(index);
  }
  return left === 0 ? kept : [...kept, `and ${left} more`];
}
