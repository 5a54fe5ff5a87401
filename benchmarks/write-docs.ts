// Writes docs/benchmarks.md: `npm run bench:docs [-- results.json ...]`. Results of `npm run bench -- --json` come first
// into docs/measured/benchmarks.json, where they replace what it holds of the same benchmark and case.
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { writeFileAtomically } from "../common/write-atomically.ts";
import { formatResults } from "./measure/format-results.ts";
import { type BenchmarkResult, resultSchema } from "./measure/row.ts";

const docs = fileURLToPath(new URL("../docs/", import.meta.url));
const kept = path.join(docs, "measured", "benchmarks.json");

async function readResults(file: string): Promise<BenchmarkResult> {
  return resultSchema.parse(JSON.parse(await readFile(file, "utf8")));
}

function merge(before: BenchmarkResult, after: BenchmarkResult): BenchmarkResult {
  const measured = new Set(
    [...after.rows, ...after.absent].map(({ benchmark, case: title }) => `${benchmark}\n${title}`),
  );
  const isOld = (one: { benchmark: string; case: string }): boolean =>
    !measured.has(`${one.benchmark}\n${one.case}`);
  return {
    rows: [...before.rows.filter(isOld), ...after.rows],
    absent: [...before.absent.filter(isOld), ...after.absent],
    machines: { ...before.machines, ...after.machines },
    growth: [
      ...before.growth.filter(({ axis }) => !after.growth.some((one) => one.axis === axis)),
      ...after.growth,
    ],
  };
}

let results: BenchmarkResult = existsSync(kept)
  ? await readResults(kept)
  : { rows: [], absent: [], machines: {}, growth: [] };
for (const file of process.argv.slice(2)) results = merge(results, await readResults(file));
await writeFileAtomically(kept, `${JSON.stringify(results, undefined, 1)}\n`);
await writeFileAtomically(path.join(docs, "benchmarks.md"), formatResults(results));
console.log("docs/benchmarks.md");
