import { describeRunData } from "./data.ts";
import { exportRun } from "./export.ts";
import { computeRunFeatures } from "./features.ts";
import { formatNextSteps, formatSummary } from "./format-summary.ts";
import { makeRunConfig, nameRun } from "./make-run-config.ts";
import { openDataset } from "./open-data.ts";
import { dataOptions, featureOptions, newRunOption, trainOptions } from "./options.ts";
import { proveRun } from "./parity.ts";
import { reportRun } from "./report.ts";
import { openOrCreateRun } from "./run-folder.ts";
import { defineStage } from "./stage.ts";
import { timeStage } from "./time-stage.ts";
import { trainRun } from "./train.ts";

export const startStage = defineStage({
  name: "start",
  describe: "All stages: data, features, train, export, parity, report; what is up to date is not done again",
  options: { ...newRunOption, ...dataOptions, ...featureOptions, ...trainOptions },
  examples: [
    ["start", "the whole pipeline on the embedded data set"],
    ["start -- --data ../sounds", "on a folder of yours"],
  ],
  run: async (args) => {
    const dataset = await openDataset(args);
    const config = makeRunConfig(args, dataset.labels.length);
    const run = await openOrCreateRun(args.run ?? nameRun(config), config);
    console.log(`${run.folder}/\n`);
    await timeStage(run, "data", () => describeRunData(run, dataset));
    await timeStage(run, "features", () => computeRunFeatures(run));
    await timeStage(run, "train", () => trainRun(run));
    await timeStage(run, "export", () => exportRun(run));
    await timeStage(run, "parity", () => proveRun(run));
    const summary = await reportRun(run);
    console.log(`\n${formatSummary(summary)}\n\n${formatNextSteps()}`);
  },
});
