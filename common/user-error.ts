/**
 * A mistake in what the user gave (a file, an option, a data set): the CLI prints the message alone and exits 1.
 * Every other error is a bug and keeps its stack. The message names its subject, what was expected and what was found.
 */
export class UserError extends Error {
  override readonly name: string = "UserError";
}
