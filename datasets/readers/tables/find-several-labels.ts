/**
 * Whether a column of classes gives several classes to one sound (FSD50K, AudioSet): cells such as `Bark,Dog` or
 * `rain;wind`. A comma with a blank behind it may belong to one class's name (`cat, grey`), unless its parts also stand
 * alone or in other company.
 * @returns an example, or undefined for one class a sound
 */
export function findSeveralLabels(labels: readonly string[]): string | undefined {
  const distinct = [...new Set(labels)];
  const listed = distinct.find((label) => /[^\s,;|][,;|][^\s,;|]/.test(label));
  if (listed !== undefined) return listed;
  const spaced = distinct.filter((label) => /[,;|]\s/.test(label));
  const uses = new Map<string, number>();
  for (const label of distinct)
    for (const part of splitParts(label)) uses.set(part, (uses.get(part) ?? 0) + 1);
  return spaced.find((label) => splitParts(label).some((part) => (uses.get(part) ?? 0) > 1));
}

function splitParts(label: string): string[] {
  return [...new Set(label.split(/[,;|]/).map((part) => part.trim()))].filter((part) => part !== "");
}
