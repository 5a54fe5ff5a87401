// The last lines of .ci/run: `node setup/count-results.mjs <parts> <vitest's JSON report>`. A part that is not the
// tests counts as one test; tests that never reported count as one failure. Exit code 1 when anything failed.
import { readFileSync } from "node:fs";

const [partsFile, testsFile] = process.argv.slice(2);

function readTests() {
  try {
    return JSON.parse(readFileSync(testsFile, "utf8"));
  } catch {
    return undefined;
  }
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

const failedParts = parts.filter(({ hasFailed }) => hasFailed).map(({ name }) => name);
console.log(`\nparts: ${parts.length - failedParts.length} of ${parts.length} passed`);
if (failedParts.length > 0) console.log(`failed: ${failedParts.join(", ")}`);
const skipped = (tests?.numPendingTests ?? 0) + (tests?.numTodoTests ?? 0);
if (skipped > 0) console.log(`skipped tests: ${skipped}`);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
