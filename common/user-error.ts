/** Longest line of a message that a person reads at once. */
const maxLineCharacters = 400;

/**
 * A mistake in what the user gave (a file, an option, a data set): the CLI prints the message alone and exits 1.
 * Every other error is a bug and keeps its stack. The message names its subject, what was expected and what was found;
 * of a line with more than 400 characters, as with a very long path, the middle is left out.
 */
export class UserError extends Error {
  override readonly name: string = "UserError";

  constructor(message: string, options?: ErrorOptions) {
    super(message.split("\n").map(shortenLine).join("\n"), options);
  }
}

/** Its beginning names the subject, its end the remedy. */
function shortenLine(line: string): string {
  if (line.length <= maxLineCharacters) return line;
  const half = (maxLineCharacters - 1) / 2;
  return `${line.slice(0, Math.ceil(half))}…${line.slice(line.length - Math.floor(half))}`;
}
