import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import * as z from "zod";
import { UserError } from "../../common/user-error.ts";
import { defineStage } from "../command-line/stage.ts";
import { isSource } from "../program-folders.ts";

/** A program for each, in `benchmarks/`, which prints tables, or with `--json` its rows and what was absent. */
const programs = new Map([
  ["features", "features/features.ts"],
  ["decode", "decoding/decode.ts"],
  ["train-step", "training/train-step.ts"],
  ["train-fold", "training/train-fold.ts"],
  ["inference", "inference/inference.ts"],
  ["browser", "page/browser.ts"],
  ["export", "export/export.ts"],
  ["stream", "inference/stream.ts"],
  ["install", "install/install.ts"],
  ["growth", "growth/growth.ts"],
]);

const resultSchema = z.object({
  rows: z.array(z.unknown()),
  absent: z.array(z.unknown()),
  machines: z.record(z.string(), z.string()),
  growth: z.array(z.unknown()),
});

export const benchStage = defineStage({
  name: "bench",
  options: {
    only: { choices: [...programs.keys()], describe: "one benchmark; without it, all" },
    case: { type: "string", describe: "only cases whose titles contain this" },
    rounds: { type: "number", describe: "interleaved rounds; each benchmark has its own default" },
    json: {
      type: "boolean",
      default: false,
      describe: "print { rows, absent, machines } and nothing else",
    },
    profile: { type: "boolean", default: false, describe: "profile ours alone" },
  },
  examples: [
    ["bench --only features", "log-mel: the feature graph, Meyda, librosa, torch.stft"],
    ["bench --json > results.json", "all, for npm run bench:docs"],
  ],
  run: async ({ only, case: filter, rounds, json, profile }) => {
    if (!isSource)
      throw new UserError("bench: expected a clone of the repository, got the installed package");
    const args = [
      ...(rounds === undefined ? [] : ["--rounds", String(rounds)]),
      ...(filter === undefined ? [] : ["--case", filter]),
      ...(profile ? ["--profile"] : []),
    ];
    const all: Result = { rows: [], absent: [], machines: {}, growth: [] };
    const problems: string[] = [];
    for (const [name, file] of programs) {
      if (only !== undefined && name !== only) continue;
      try {
        const output = await runProgram(
          name,
          file,
          json ? [...args, "--json"] : args,
          json ? "pipe" : "inherit",
        );
        if (json) addResult(all, resultSchema.parse(JSON.parse(output)));
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        problems.push(error.message); // what the others measured is not lost
      }
    }
    if (json) console.log(JSON.stringify(all, null, 2));
    if (problems.length > 0) throw new UserError(problems.join("\n"));
  },
});

type Result = z.infer<typeof resultSchema>;

function addResult(all: Result, { rows, absent, growth, machines }: Result): void {
  all.rows.push(...rows);
  all.absent.push(...absent);
  all.growth.push(...growth);
  Object.assign(all.machines, machines);
}

/** @returns what the program wrote to standard output where that is a pipe */
async function runProgram(
  name: string,
  file: string,
  args: readonly string[],
  standardOutput: "pipe" | "inherit",
): Promise<string> {
  const script = fileURLToPath(new URL(`../../benchmarks/${file}`, import.meta.url));
  console.error(`bench: ${name}, from ${new Date().toLocaleTimeString()}`);
  const child = spawn(process.execPath, ["--import", import.meta.resolve("tsx"), script, ...args], {
    stdio: ["ignore", standardOutput, "inherit"],
  });
  const ending = once(child, "close");
  const output = child.stdout === null ? "" : await text(child.stdout);
  await ending;
  if (child.exitCode !== 0) throw new UserError(`bench: ${name} ended with ${child.exitCode ?? "a signal"}`);
  return output;
}
