// What is there, what is missing, and the command that repairs it: `npm run doctor`, as JSON with `--json`.
import { type Finding, inspectMachine } from "./inspect-machine.ts";

const options = process.argv.slice(2);
const marks = { ok: "ok", missing: "MISSING", optional: "-" } as const;

function formatTable(findings: readonly Finding[]): string {
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

const unknown = options.find((option) => option !== "--json");
if (unknown !== undefined) {
  console.error(`doctor: expected no option but --json, got ${unknown}`);
  process.exitCode = 1;
} else {
  const findings = inspectMachine();
  const isReady = findings.every(({ state }) => state !== "missing");
  if (options.includes("--json")) {
    console.log(JSON.stringify({ ready: isReady, findings }, null, 2));
  } else {
    console.log(formatTable(findings));
    console.log(isReady ? "\nReady: npm start" : "\nNot ready: repair what is MISSING, then npm start");
  }
  process.exitCode = isReady ? 0 : 1;
}
