/**
 * `npx tsx test/tfjs-backend-onnxruntime/published/write-record.ts`: runs TF.js's own tests and writes their counts to
 * published-tests.json; then `npm run kernels -- --write`. The failing ones and their reasons are written by hand there.
 */
import { rename, writeFile } from "node:fs/promises";
import { publishedTestsFile, readPublishedTests } from "../../../tfjs-backend-onnxruntime/published-tests.ts";
import { runPublishedTests } from "./run-published-tests.ts";
import { countByFile, listFailures } from "./summarise-outcomes.ts";

const outcomes = await runPublishedTests();
const known = await readPublishedTests();
const record = { ...known, files: countByFile(outcomes, known) };
const temporary = new URL(`${publishedTestsFile.href}.tmp`);
await writeFile(temporary, `${JSON.stringify(record, undefined, 2)}\n`);
await rename(temporary, publishedTestsFile);
for (const [test, message] of listFailures(outcomes, known)) {
  if (!(test in known.failing)) console.error(`${test}: fails and is not listed: ${message}`);
}
