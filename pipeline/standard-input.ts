/**
 * How standard input is named as a file. Users write `-`, which yargs 18 drops among positional arguments, so it is
 * renamed before yargs sees it; `npm run predict -- -` is such a command line.
 */
export const standardInput = "<stdin>";

export function renameDash(argument: string): string {
  return argument === "-" ? standardInput : argument;
}
