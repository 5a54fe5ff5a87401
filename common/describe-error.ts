/** The text of anything thrown. */
export function describeError(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Its first line: other programs' errors go on with stacks and advice. */
export function describeErrorLine(error: unknown): string {
  return describeError(error).replace(/\n.*$/s, "");
}
