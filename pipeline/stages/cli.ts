import process from "node:process";
import { runCli } from "../command-line/run-cli.ts";
import type { Stage } from "../command-line/stage.ts";

/** Every stage by its name, in the order of `npx earshot --help`. */
const loaders = {
  start: async () => (await import("./start.ts")).startStage,
  data: async () => (await import("./data.ts")).dataStage,
  features: async () => (await import("./features.ts")).featuresStage,
  train: async () => (await import("./train.ts")).trainStage,
  tune: async () => (await import("./tune.ts")).tuneStage,
  worker: async () => (await import("./worker.ts")).workerStage,
  jobs: async () => (await import("./jobs.ts")).jobsStage,
  runs: async () => (await import("./runs.ts")).runsStage,
  reproduce: async () => (await import("./reproduce.ts")).reproduceStage,
  export: async () => (await import("./export.ts")).exportStage,
  parity: async () => (await import("./parity.ts")).parityStage,
  report: async () => (await import("./report.ts")).reportStage,
  predict: async () => (await import("./predict.ts")).predictStage,
  backbones: async () => (await import("./backbones.ts")).backbonesStage,
  embed: async () => (await import("./embed.ts")).embedStage,
  similar: async () => (await import("./similar.ts")).similarStage,
  serve: async () => (await import("./serve.ts")).serveStage,
  demo: async () => (await import("./demo.ts")).demoStage,
  "demo:build": async () => (await import("./demo.ts")).demoBuildStage,
  doctor: async () => (await import("./doctor.ts")).doctorStage,
  bench: async () => (await import("./bench.ts")).benchStage,
};

/** The compiler refuses a stage under a name that is not its own. */
const stages: { readonly [Name in keyof typeof loaders]: () => Promise<Stage<Name>> } = loaders;

/**
 * The stage that the command line begins with, alone: `doctor` needs neither TensorFlow.js nor the report, which take
 * seconds to load. All stages where it begins with none: help and suggestions list them.
 */
async function loadStages([name = ""]: readonly string[]): Promise<readonly Stage[]> {
  const load = new Map<string, () => Promise<Stage>>(Object.entries(stages)).get(name);
  return await Promise.all(load === undefined ? Object.values(stages).map((each) => each()) : [load()]);
}

// `npm run predict -- … | head` closes the pipe early: that is no error.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit();
});

const argv = process.argv.slice(2);
process.exitCode = await runCli(argv, await loadStages(argv));
