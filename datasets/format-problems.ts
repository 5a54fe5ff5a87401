const shownProblems = 50;

/** One message for everything that is wrong with a folder: how much, a line for each, and what the user may do. */
export function formatProblems(root: string, problems: readonly string[], remedy = ""): string {
  const lines = problems.slice(0, shownProblems).map((problem) => `\n  ${problem}`);
  const more = problems.length > shownProblems ? `\n  and ${problems.length - shownProblems} more` : "";
  const end = remedy === "" ? "" : `\n${remedy}`;
  return `${root}: ${problems.length} problem${problems.length === 1 ? "" : "s"}${lines.join("")}${more}${end}`;
}
