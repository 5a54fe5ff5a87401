/** Longest line of a message that a person reads at once. */
const maxLineCharacters = 400;
/** Most lines of a message: a screen or two. Lists that are meant to be read group their problems before. */
const maxLines = 80;

/**
 * A mistake in what the user gave (a file, an option, a data set): the CLI prints the message alone and exits 1.
 * Every other error is a bug and keeps its stack. The message names its subject, what was expected and what was found.
 * Of a line of more than 400 characters, as with a very long path, the middle is left out; lines beyond 80 are counted.
 *
 *     throw new UserError("labels.csv: expected a column label, got file and fold");
 */
export class UserError extends Error {
  override readonly name: string = "UserError";

  constructor(message: string, options?: ErrorOptions) {
    super(shortenMessage(message), options);
  }
}

function shortenMessage(message: string): string {
  const lines = message.split("\n").map(shortenLine);
  if (lines.length <= maxLines) return lines.join("\n");
  const kept = lines.slice(0, maxLines - 1);
  return [...kept, `and ${lines.length - kept.length} more`].join("\n");
}

/** A line's beginning names the subject, its end the remedy. */
function shortenLine(line: string): string {
  if (line.length <= maxLineCharacters) return line;
  const half = (maxLineCharacters - 1) / 2;
  return `${line.slice(0, Math.ceil(half))}…${line.slice(line.length - Math.floor(half))}`;
}
