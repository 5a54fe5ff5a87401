// What is there, what is missing, and the command that repairs it: `npm run doctor`, as JSON with `--json`.
import { formatFindings } from "./format-findings.ts";
import { inspectMachine } from "./inspect-machine.ts";

const options = process.argv.slice(2);
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
    console.log(formatFindings(findings));
    console.log(isReady ? "\nReady: npm start" : "\nNot ready: repair what is MISSING, then npm start");
  }
  process.exitCode = isReady ? 0 : 1;
}
