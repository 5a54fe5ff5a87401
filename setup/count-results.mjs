// The last lines of .ci/run: `node setup/count-results.mjs <parts> <vitest's JSON report>`. A part that is not the
// tests counts as one test; tests that never reported count as one failure. Exit code 1 when anything failed. The
// slowest test files, the tests that failed and the last lines of other parts that failed (<part>.log beside the list)
// are printed here again: of a long log often only the end is kept.
import { readFileSync } from "node:fs";
import path from "node:path";

const [partsFile, testsFile] = process.argv.slice(2);

function readTests() {
  try {
    return JSON.parse(readFileSync(testsFile, "utf8"));
  } catch {
    return undefined;
  }
}

function listSlowest({ testResults = [] }) {
  const files = testResults
    .map(({ name, startTime, endTime }) => [(endTime - startTime) / 1000, nameFile(name)])
    .sort(([a], [b]) => b - a);
  const inAll = files.reduce((sum, [seconds]) => sum + seconds, 0);
  return [
    `\n${files.length} test files, ${inAll.toFixed(0)} s in all; the slowest:`,
    ...files.slice(0, 12).map(([seconds, name]) => `${seconds.toFixed(0).padStart(5)} s  ${name}`),
  ];
}

function listFailures({ testResults = [] }) {
  const failures = testResults
    .filter(({ status }) => status === "failed")
    .flatMap(({ name, message = "", assertionResults }) => {
      const own = assertionResults.filter(({ status }) => status === "failed");
      if (own.length === 0) return [`${nameFile(name)}: did not load: ${takeStart(message)}`];
      return own.map(
        ({ fullName, failureMessages = [] }) =>
          `${nameFile(name)}: ${fullName}: ${takeStart(failureMessages[0] ?? "")}`,
      );
    });
  return failures.length === 0
    ? []
    : ["\ntests that failed:", ...failures.slice(0, 20).map((line) => `  ${line}`)];
}

function showLastLines(name) {
  const log = readFileSync(path.join(path.dirname(partsFile), `${name}.log`), "utf8");
  return [`\nlast lines of ${name}:`, ...log.trimEnd().split("\n").slice(-30), ""];
}

function nameFile(file) {
  return path.relative(process.cwd(), file);
}

function takeStart(message) {
  return message.split("\n", 1)[0].slice(0, 160);
}

const parts = readFileSync(partsFile, "utf8")
  .trim()
  .split("\n")
  .map((line) => {
    const [verdict, name] = line.split(" ");
    return { name, hasFailed: verdict === "failed" };
  });
const tests = readTests();
const others = parts.filter(({ name }) => name !== "tests");
const testsFailed = parts.some(({ name, hasFailed }) => name === "tests" && hasFailed);

let passed = others.filter(({ hasFailed }) => !hasFailed).length;
let failed = others.filter(({ hasFailed }) => hasFailed).length;
if (tests !== undefined) {
  passed += tests.numPassedTests;
  failed += tests.numFailedTests;
}
// A file that does not even load has no failed test of its own.
if (testsFailed && (tests === undefined || tests.numFailedTests === 0)) failed++;

for (const line of tests === undefined ? [] : [...listSlowest(tests), ...listFailures(tests)])
  console.log(line);
const failedParts = parts.filter(({ hasFailed }) => hasFailed).map(({ name }) => name);
for (const name of failedParts.filter((part) => part !== "tests"))
  for (const line of showLastLines(name)) console.log(line);
console.log(`\nparts: ${parts.length - failedParts.length} of ${parts.length} passed`);
if (failedParts.length > 0) console.log(`failed: ${failedParts.join(", ")}`);
const skipped = (tests?.numPendingTests ?? 0) + (tests?.numTodoTests ?? 0);
if (skipped > 0) console.log(`skipped tests: ${skipped}`);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
