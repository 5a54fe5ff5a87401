import { UserError } from "../features/user-error.ts";
import { createNetwork } from "../models/create-network.ts";
import { summariseNetwork } from "../models/summarise-network.ts";
import { loadEngine } from "../training/engine.ts";
import { runJob } from "../training/run-job.ts";
import { describeEnvironment } from "./environment.ts";
import { formatNetwork } from "./format-network.ts";
import { writeJson } from "./json-file.ts";
import { makeRunConfig, nameRun } from "./make-run-config.ts";
import { openDataset, openRunFeatures } from "./open-data.ts";
import { dataOptions, featureOptions, newRunOption, trainOptions } from "./options.ts";
import { openOrCreateRun, type Run } from "./run-folder.ts";
import { showTraining } from "./show-training.ts";
import { defineStage } from "./stage.ts";
import { timeStage } from "./time-stage.ts";
import { writePredictions } from "./write-predictions.ts";

export const trainStage = defineStage({
  name: "train",
  describe: "Train a network on a data set, into runs/<name>/; after an interruption it goes on where it was",
  options: {
    ...newRunOption,
    ...dataOptions,
    ...featureOptions,
    ...trainOptions,
    summary: { type: "boolean", default: false, describe: "print the network's layers and train nothing" },
  },
  examples: [
    ["train", "the 1D-CNN on the embedded data set: fold 1 tests, fold 2 validates, the rest trains"],
    ["train -- --data ../sounds --network cnn-transformer --heads 2", "the other network on your sounds"],
    ["train -- --summary", "layers, shapes and parameters"],
  ],
  run: async (args) => {
    if (args.summary) {
      const { job } = makeRunConfig(args, 10);
      console.log(formatNetwork(summariseNetwork(createNetwork(job.network, job.seed))));
      return;
    }
    const dataset = await openDataset(args);
    const config = makeRunConfig(args, dataset.labels.length);
    const run = await openOrCreateRun(args.run ?? nameRun(config), config);
    await timeStage(run, "train", () => trainRun(run));
    console.log("Next: npm run export");
  },
});

/** Trains the run's job, unless it is trained already; Ctrl-C saves and says how to go on. */
export async function trainRun(run: Run): Promise<string> {
  const engine = await loadEngine(run.config.engine);
  const { featureSet, variants, close } = await openRunFeatures(run.config);
  await writeJson(run.files.environment, { ...(await describeEnvironment()), engine: engine.version });
  const outcome = await showTraining((options) =>
    runJob(run.config.job, featureSet, run.folder, { ...options, variants }),
  );
  if (outcome.status === "finished") await writePredictions(run, featureSet);
  await close();
  if (outcome.status === "interrupted")
    throw new UserError(`stopped after epoch ${outcome.epochs}, saved; the same command goes on from there`);
  const { epochs, selectedEpoch, test } = outcome.result;
  const accuracy = test === null ? "" : `, test accuracy ${(100 * test.accuracy).toFixed(1)} %`;
  const state = outcome.status === "finished" ? "" : "already trained: ";
  return `${state}${epochs} epochs with ${engine.version}, epoch ${selectedEpoch} taken${accuracy}`;
}
