/**
 * Text of one line for a terminal: control characters, which could move the cursor or colour what follows, and those
 * that change the direction of text become escapes that can be read.
 *
 *     makeVisible("dog\u001b[31m"); // "dog\\x1b[31m"
 */
export function makeVisible(text: string): string {
  return text.replaceAll(/[\p{Cc}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, (character) => {
    const code = character.charCodeAt(0);
    const names = new Map([
      ["\n", String.raw`\n`],
      ["\r", String.raw`\r`],
      ["\t", String.raw`\t`],
    ]);
    const hex =
      code < 256 ? `x${code.toString(16).padStart(2, "0")}` : `u${code.toString(16).padStart(4, "0")}`;
    return names.get(character) ?? `\\${hex}`;
  });
}

/** The same for text of several lines: its line breaks and tabs stay. */
export function makeLinesVisible(text: string): string {
  return text
    .split("\n")
    .map((line) => line.split("\t").map(makeVisible).join("\t"))
    .join("\n");
}
