import process from "node:process";
import { runCli } from "./command-line/run-cli.ts";
import { listStage, type Stage } from "./command-line/stage.ts";
import { isStageName, type StageName } from "./command-line/stage-list.ts";

/** The compiler refuses a stage under a name that is not its own. */
const stages: { readonly [Name in StageName]: () => Promise<Stage<Name>> } = {
  start: async () => (await import("./stages/start.ts")).startStage,
  data: async () => (await import("./stages/data.ts")).dataStage,
  features: async () => (await import("./stages/features.ts")).featuresStage,
  train: async () => (await import("./stages/train.ts")).trainStage,
  tune: async () => (await import("./stages/tune.ts")).tuneStage,
  worker: async () => (await import("./stages/worker.ts")).workerStage,
  jobs: async () => (await import("./stages/jobs.ts")).jobsStage,
  runs: async () => (await import("./stages/runs.ts")).runsStage,
  reproduce: async () => (await import("./stages/reproduce.ts")).reproduceStage,
  export: async () => (await import("./stages/export.ts")).exportStage,
  parity: async () => (await import("./stages/parity.ts")).parityStage,
  report: async () => (await import("./stages/report.ts")).reportStage,
  predict: async () => (await import("./stages/predict.ts")).predictStage,
  backbones: async () => (await import("./stages/backbones.ts")).backbonesStage,
  embed: async () => (await import("./stages/embed.ts")).embedStage,
  similar: async () => (await import("./stages/similar.ts")).similarStage,
  serve: async () => (await import("./stages/serve.ts")).serveStage,
  demo: async () => (await import("./stages/demo.ts")).demoStage,
  "demo:build": async () => (await import("./stages/demo.ts")).demoBuildStage,
  doctor: async () => (await import("./stages/doctor.ts")).doctorStage,
  bench: async () => (await import("./stages/bench.ts")).benchStage,
};

/**
 * The stage that the command line begins with, alone: `doctor` needs neither TensorFlow.js nor the report, which take
 * seconds to load. All of them where options stand before a stage; where none is named, the list for the help.
 */
async function loadStages(argv: readonly string[]): Promise<readonly Stage[]> {
  const [first = ""] = argv;
  if (isStageName(first)) return [await stages[first]()];
  if (argv.some(isStageName)) return await Promise.all(Object.values(stages).map((load) => load()));
  return Object.keys(stages).filter(isStageName).map(listStage);
}

// `npm run predict -- … | head` closes the pipe early: that is no error.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit();
});

const argv = process.argv.slice(2);
process.exitCode = await runCli(argv, await loadStages(argv));
