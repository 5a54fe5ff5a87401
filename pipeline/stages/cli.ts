import process from "node:process";
import { backbonesStage } from "./backbones.ts";
import { benchStage } from "./bench.ts";
import { dataStage } from "./data.ts";
import { demoBuildStage, demoStage } from "./demo.ts";
import { doctorStage } from "./doctor.ts";
import { embedStage } from "./embed.ts";
import { exportStage } from "./export.ts";
import { featuresStage } from "./features.ts";
import { jobsStage } from "./jobs.ts";
import { parityStage } from "./parity.ts";
import { predictStage } from "./predict.ts";
import { reportStage } from "./report.ts";
import { reproduceStage } from "./reproduce.ts";
import { runCli } from "../command-line/run-cli.ts";
import { runsStage } from "./runs.ts";
import { serveStage } from "./serve.ts";
import { similarStage } from "./similar.ts";
import { startStage } from "./start.ts";
import { trainStage } from "./train.ts";
import { tuneStage } from "./tune.ts";
import { workerStage } from "./worker.ts";

// `npm run predict -- … | head` closes the pipe early: that is no error.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit();
});

process.exitCode = await runCli(process.argv.slice(2), [
  startStage,
  dataStage,
  featuresStage,
  trainStage,
  tuneStage,
  workerStage,
  jobsStage,
  runsStage,
  reproduceStage,
  exportStage,
  parityStage,
  reportStage,
  predictStage,
  backbonesStage,
  embedStage,
  similarStage,
  serveStage,
  demoStage,
  demoBuildStage,
  doctorStage,
  benchStage,
]);
