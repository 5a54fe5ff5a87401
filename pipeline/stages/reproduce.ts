import { copyFile, mkdir } from "node:fs/promises";
import path from "node:path";
import { UserError } from "../../common/user-error.ts";
import { listFolds } from "../../datasets/folds/list-folds.ts";
import { estimateSeconds } from "../jobs/estimate-seconds.ts";
import type { Experiment } from "../runs/experiments.ts";
import {
  describeDifference,
  listReadingOptions,
  type PublishedSet,
  publishedSets,
} from "../runs/published-sets.ts";
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

const setNames = publishedSets.map(({ name }) => name);
const names = publishedSets.flatMap(({ experiments }) => experiments.map(({ name }) => name));

export const reproduceStage = defineStage({
  name: "reproduce",
  options: {
    data: { type: "string", demandOption: true, describe: "folder of the data set" },
    experiment: {
      choices: setNames,
      default: "esc10",
      describe: "which published data set the folder holds",
    },
    only: { choices: names, array: true, describe: "some of its experiments [all]" },
    engine: {
      choices: engineNames,
      default: "onnxruntime",
      describe: "what trains",
    },
    ...queueOptions,
    quick: {
      type: "boolean",
      default: false,
      describe: "two epochs, one seed, one network, into runs/quick/: tries the commands, reproduces nothing",
    },
  },
  examples: [
    ["reproduce --data ../esc10", "everything: hours"],
    ["reproduce --data ../esc10 --only cv5-best", "the five-fold rotation of the CNN"],
    ["reproduce --data ../UrbanSound8K --experiment urbansound8k", "its ten folds, each tested once"],
    ["reproduce --data ../esc10 --quick", "minutes"],
  ],
  run: async ({ data, experiment: setName, only, engine, quick, queue, store }) => {
    const set = findSet(setName);
    const isWanted = ({ name }: Experiment): boolean => only === undefined || only.includes(name);
    const chosen = set.experiments.filter(isWanted).map(quick ? shorten : (all) => all);
    if (chosen.length === 0) {
      const known = set.experiments.map(({ name }) => name).join(", ");
      throw new UserError(`--only: expected experiments of ${set.name} (${known}), got ${String(only)}`);
    }
    const prefix = quick ? "quick-" : `${path.basename(path.resolve(data))}-`;
    const target = findTarget(set, quick);
    const dataset = await openDataset({ data, ...set.reading });
    const found = {
      clips: dataset.clips.length,
      classes: dataset.labels.length,
      folds: listFolds(dataset.clips).length,
    };
    const difference = describeDifference(set, found);
    console.log(`${set.title}: ${set.protocol}`);
    if (difference !== undefined)
      console.log(`warning: not the whole set, its score compares with no published one: ${difference}`);
    const seconds = await estimateSeconds(chosen, { ...found, engine, prefix });
    console.log(`${chosen.length} experiments, about ${formatSeconds(seconds)} on this machine`);
    for (const experiment of chosen) {
      console.log(`\n${experiment.name}: ${experiment.describe}`);
      await runStage([
        ...listArguments(experiment, { data, engine, prefix, results: target.results }),
        ...listReadingOptions(set.reading),
        ...(queue === undefined ? [] : ["--queue", queue]),
        ...(store === undefined ? [] : ["--store", store]),
      ]);
    }
    if (chosen.some(({ protocol }) => protocol === "final"))
      await makeModel(`${prefix}final`, `${prefix}cv5-field`, target.model);
    await summariseResults(target.results, set.experiments);
    await writePage(set, prefix, target);
  },
});

function findSet(wanted: string): PublishedSet {
  const set = publishedSets.find(({ name }) => name === wanted);
  if (set === undefined) throw new Error(`expected one of ${setNames.join(", ")}, got ${wanted}`);
  return set;
}

interface Target {
  readonly results: string;
  readonly page: string;
  readonly model: string;
}

/** ESC-10 is what docs/ and the model in the box are made of. */
function findTarget({ name }: PublishedSet, quick: boolean): Target {
  const folder = quick ? "runs/quick" : `results/${name}`;
  return name === "esc10" && !quick
    ? { results: folder, page: "docs/esc10.html", model: "pretrained/esc10.onnx" }
    : { results: folder, page: `${folder}/report.html`, model: `${folder}/model.onnx` };
}

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
  networks: experiment.networks.slice(0, 1),
  heads: experiment.heads.slice(-1),
  // One job alone is a run and no list, which a summary is made of.
  seeds: experiment.seeds.slice(0, experiment.protocol === "holdout" ? 2 : 1),
  epochs: 2,
  // Meyda's own numbers take minutes for 400 clips; these are within 1e-4 of them.
  options: [...(experiment.options ?? []), "--extractor", "graph"],
});

async function runStage(args: readonly string[]): Promise<void> {
  const code = await runCli(args, [trainStage, tuneStage, exportStage, parityStage, reportStage]);
  const [stage = "", ...options] = args;
  if (code !== 0)
    throw new UserError(`npx earshot ${stage} ${options.join(" ")}: ended with exit code ${code}`);
}

async function makeModel(run: string, rotation: string, file: string): Promise<void> {
  const isRotated = await exists(path.join(findListFolder(rotation), "results.json"));
  if (!isRotated)
    console.log(`without thresholds: ${rotation}, whose test clips give them, has not been run`);
  await runStage(["export", "--run", run, ...(isRotated ? ["--calibrate-from", rotation] : [])]);
  await runStage(["parity", "--run", run]);
  await mkdir(path.dirname(file), { recursive: true });
  await copyFile(path.join(findListFolder(run), "model.onnx"), file);
  console.log(`${file}: the model in the box`);
}

/** One page over all experiments that were run. */
async function writePage(
  { experiments }: PublishedSet,
  prefix: string,
  { results, page }: Target,
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
