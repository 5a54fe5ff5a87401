/**
 * Fuzzes targets: `npm run fuzz -- --target decode --minutes 1 --seed 7`, or `--target all`, side by side. Findings are
 * written as input files to a folder that is printed; with any, it exits with 1. `--from N` begins with input N.
 */
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { parseArgs } from "node:util";
import { fuzzTarget, type FuzzReport } from "./fuzz-process.ts";
import { findTarget, targetNames } from "./targets.ts";

const { values } = parseArgs({
  options: {
    target: { type: "string", default: "all" },
    minutes: { type: "string", default: "1" },
    seed: { type: "string" },
    from: { type: "string", default: "0" },
    out: { type: "string", default: path.join(import.meta.dirname, "../../.cache/fuzz") },
  },
});

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}

async function main(): Promise<number> {
  const names = values.target === "all" ? targetNames : [values.target];
  for (const name of names) findTarget(name);
  const minutes = readNumber("--minutes", values.minutes);
  const seed = values.seed === undefined ? Date.now() % 1_000_000 : readNumber("--seed", values.seed);
  const firstIndex = readNumber("--from", values.from);
  console.log(`fuzz: ${names.join(", ")} for ${minutes} min each, seed ${seed}`);
  const reports = await Promise.all(
    names.map((name) => fuzzTarget(name, { seed, firstIndex, forMs: minutes * 60_000 })),
  );
  for (const report of reports) await printReport(report, seed);
  return reports.some(({ findings }) => findings.length > 0) ? 1 : 0;
}

function readNumber(option: string, text: string): number {
  const value = Number(text);
  if (text === "" || !Number.isFinite(value) || value < 0) {
    throw new Error(`${option}: expected a number from 0, got ${text}`);
  }
  return value;
}

async function printReport(
  { name, inputs, accepted, refused, slowestMs, findings }: FuzzReport,
  seed: number,
) {
  console.log(
    `${name}: ${inputs} inputs, ${accepted} accepted, ${refused} refused, slowest ${slowestMs.toFixed(0)} ms, ` +
      `${findings.length} finding${findings.length === 1 ? "" : "s"}`,
  );
  for (const { index, problem } of findings) {
    const folder = path.join(values.out, `${name}-${seed}-${index}`);
    console.log(`  input ${index}: ${problem}\n    ${folder}`);
    await findTarget(name)(async (target) => {
      const { makeInput } = await import("./make-input.ts");
      const input = makeInput(target, await target.loadSeeds(), seed, index);
      for (const file of target.writeFiles(input)) {
        const to = path.join(folder, file.path);
        await mkdir(path.dirname(to), { recursive: true });
        await writeFile(to, file.bytes);
      }
    });
  }
}
