import { copyFile, mkdir } from "node:fs/promises";
import path from "node:path";
import { UserError } from "../../common/user-error.ts";
import { estimateSeconds } from "../jobs/estimate-seconds.ts";
import { experiments, type Experiment } from "../runs/experiments.ts";
import { exportStage } from "./export.ts";
import { findListFolder } from "../jobs/job-list.ts";
import { engineNames } from "../../run-files/run-config.ts";
import { writeJson } from "../../run-files/json-file.ts";
import { openDataset } from "../runs/open-data.ts";
import { parityStage } from "./parity.ts";
import { formatSeconds } from "../../common/format-seconds.ts";
import { reportStage } from "./report.ts";
import { exists } from "../runs/run-folder.ts";
import { queueOptions } from "../command-line/options.ts";
import { runCli } from "../command-line/run-cli.ts";
import { defineStage } from "../command-line/stage.ts";
import { listAblations, summariseResults } from "../jobs/summarise-results.ts";
import { trainStage } from "./train.ts";
import { tuneStage } from "./tune.ts";

const names = experiments.map(({ name }) => name);

export const reproduceStage = defineStage({
  name: "reproduce",
  describe:
    "Run the reference experiment and ours on ESC-10, and write results/esc10/, docs/esc10.html and the model in " +
    "pretrained/; what has been trained is not trained again",
  options: {
    data: { type: "string", demandOption: true, describe: "folder of ESC-10" },
    only: { choices: names, array: true, default: names, describe: "some of the experiments" },
    engine: {
      choices: engineNames,
      default: "onnxruntime",
      describe: "what trains",
    },
    ...queueOptions,
    quick: {
      type: "boolean",
      default: false,
      describe:
        "two epochs, one seed, one head count, into runs/quick/: tries the commands, reproduces nothing",
    },
  },
  examples: [
    ["reproduce --data ../esc10", "everything: hours"],
    ["reproduce --data ../esc10 --only cv5-best", "the five-fold rotation of the CNN"],
    ["reproduce --data ../esc10 --quick", "minutes"],
  ],
  run: async ({ data, only, engine, quick, queue, store }) => {
    const chosen = experiments.filter(({ name }) => only.includes(name)).map(quick ? shorten : (all) => all);
    const prefix = quick ? "quick-" : `${path.basename(path.resolve(data))}-`;
    const target = quick
      ? { results: "runs/quick", page: "runs/quick/report.html", model: "runs/quick/model.onnx" }
      : { results: "results/esc10", page: "docs/esc10.html", model: "pretrained/esc10.onnx" };
    const { clips } = await openDataset({ data });
    const seconds = await estimateSeconds(chosen, { clips: clips.length, engine, prefix });
    console.log(`${chosen.length} experiments, about ${formatSeconds(seconds)} on this machine`);
    for (const experiment of chosen) {
      console.log(`\n${experiment.name}: ${experiment.describe}`);
      await runStage([
        ...listArguments(experiment, { data, engine, prefix, results: target.results }),
        ...(queue === undefined ? [] : ["--queue", queue]),
        ...(store === undefined ? [] : ["--store", store]),
      ]);
    }
    if (chosen.some(({ protocol }) => protocol === "final")) await makeModel(`${prefix}final`, target.model);
    await summariseResults(target.results);
    await writePage(prefix, target);
  },
});

/** The command line of an experiment, after `npm run`. */
function listArguments(
  { name, protocol, recipe, networks, heads, seeds, epochs, options = [] }: Experiment,
  { data, engine, prefix, results }: { data: string; engine: string; prefix: string; results: string },
): string[] {
  const isGrid = protocol === "grid";
  return [
    ...(isGrid ? ["tune", "--preset", "report"] : ["train", "--protocol", protocol, "--recipe", recipe]),
    "--data",
    data,
    "--engine",
    engine,
    "--run",
    `${prefix}${name}`,
    "--network",
    ...networks,
    "--heads",
    ...heads.map(String),
    "--seed",
    ...seeds.map(String),
    "--epochs",
    String(epochs),
    ...(protocol === "final" ? [] : ["--results", path.join(results, `${name}.json`)]),
    ...options.map((option) => option.replace("RUNS", prefix)),
  ];
}

const shorten = (experiment: Experiment): Experiment => ({
  ...experiment,
  heads: experiment.heads.slice(-1),
  seeds: [0],
  epochs: 2,
});

async function runStage(args: readonly string[]): Promise<void> {
  const code = await runCli(args, [trainStage, tuneStage, exportStage, parityStage, reportStage]);
  const [stage = "", ...options] = args;
  if (code !== 0)
    throw new UserError(`npx earshot ${stage} ${options.join(" ")}: ended with exit code ${code}`);
}

async function makeModel(run: string, file: string): Promise<void> {
  await runStage(["export", "--run", run]);
  await runStage(["parity", "--run", run]);
  await mkdir(path.dirname(file), { recursive: true });
  await copyFile(path.join(findListFolder(run), "model.onnx"), file);
  console.log(`${file}: the model in the box`);
}

/** One page over all experiments that were run. */
async function writePage(
  prefix: string,
  { results, page }: { results: string; page: string },
): Promise<void> {
  const runs: string[] = [];
  // The first is shown in full, the others beside it; the ablations are one table.
  const first = ["cv5-best", "cv5-best-160"];
  const others = experiments
    .map(({ name }) => name)
    .filter((name) => !first.includes(name) && !name.startsWith("ablation-"));
  for (const name of [...first, ...others]) {
    const folder = findListFolder(`${prefix}${name}`);
    if (await exists(path.join(folder, "results.json"))) runs.push(folder); // the final model has none
  }
  const [main] = runs;
  if (main === undefined) return;
  await writeJson(path.join(main, "ablation.json"), await listAblations(results));
  await runStage(["report", ...runs.flatMap((run) => ["--run", run])]);
  await copyFile(path.join(main, "report.html"), page);
  console.log(`${page}: the report`);
}
