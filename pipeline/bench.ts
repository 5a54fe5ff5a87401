import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import * as z from "zod";
import { UserError } from "../features/user-error.ts";
import { defineStage } from "./stage.ts";

/** Name of a benchmark to its program. Each prints a table, or with `--json` its rows as one JSON array. */
const benchmarks = { features: "features.ts", "train-step": "train-step.ts" } as const;

type BenchmarkName = keyof typeof benchmarks;

const names: readonly BenchmarkName[] = ["features", "train-step"];

export const benchStage = defineStage({
  name: "bench",
  describe: "Time ours and its peers on the same work, interleaved, each in a process of its own",
  options: {
    only: { choices: names, describe: "one benchmark; without it, all" },
    rounds: { type: "number", default: 15, describe: "interleaved rounds" },
    json: { type: "boolean", default: false, describe: "print { rows } for machines and nothing else" },
  },
  examples: [
    ["bench -- --only features", "log-mel: the feature graph, Meyda, librosa"],
    ["bench -- --json", "all, for machines"],
  ],
  run: async ({ only, rounds, json }) => {
    const rows: unknown[] = [];
    for (const name of only === undefined ? names : [only]) {
      const output = await runBenchmark(benchmarks[name], [
        "--rounds",
        String(rounds),
        ...(json ? ["--json"] : []),
      ]);
      if (json) rows.push(...z.array(z.unknown()).parse(JSON.parse(output)));
      else console.log(output);
    }
    if (json) console.log(JSON.stringify({ rows }, null, 2));
  },
});

/** @returns what the program wrote to standard output */
async function runBenchmark(file: string, args: readonly string[]): Promise<string> {
  const script = fileURLToPath(new URL(`../benchmarks/${file}`, import.meta.url));
  const child = spawn(process.execPath, ["--import", import.meta.resolve("tsx"), script, ...args], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ending = once(child, "close");
  const output = await text(child.stdout);
  await ending;
  if (child.exitCode !== 0) throw new UserError(`bench: ${file} ended with ${child.exitCode ?? "a signal"}`);
  return output;
}
