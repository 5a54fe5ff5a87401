/** What doctor found of one thing that earshot can use. */
export interface Finding {
  readonly name: string;
  /** missing: training needs it; optional: only something else does. */
  readonly state: "ok" | "missing" | "optional";
  readonly detail: string;
  /** The command that installs it. */
  readonly repair?: string;
}

const marks = { ok: "ok", missing: "MISSING", optional: "-" } as const;

/** A line for each finding, and below it the command that repairs it. */
export function formatFindings(findings: readonly Finding[]): string {
  const widths = [
    Math.max(...findings.map(({ name }) => name.length)),
    Math.max(...Object.values(marks).map((mark) => mark.length)),
  ] as const;
  return findings
    .flatMap(({ name, state, detail, repair }) => {
      const row = `${name.padEnd(widths[0])}  ${marks[state].padEnd(widths[1])}  ${detail}`;
      const indent = " ".repeat(widths[0] + widths[1] + 4);
      return repair === undefined ? [row] : [row, `${indent}-> ${repair}`];
    })
    .join("\n");
}
