import { createNetwork } from "../models/create-network.ts";
import { summariseNetwork } from "../models/summarise-network.ts";
import { formatNetwork } from "./format-network.ts";
import { countParallelJobs, findListFolder, trainList } from "./job-list.ts";
import { formatListResults, writeListResults } from "./list-results.ts";
import { listJobs, makeRunConfig, nameRun } from "./make-run-config.ts";
import { openDataset } from "./open-data.ts";
import { dataOptions, featureOptions, newRunOption, trainOptions } from "./options.ts";
import { openOrCreateRun, type Run } from "./run-folder.ts";
import { showTraining } from "./show-training.ts";
import { defineStage } from "./stage.ts";
import { timeStage } from "./time-stage.ts";
import { trainRun } from "./train-run.ts";

export const trainStage = defineStage({
  name: "train",
  describe:
    "Train a network on a data set, into runs/<name>/, or several in processes of their own; after an interruption " +
    "the same command goes on where it was",
  options: {
    ...newRunOption,
    ...dataOptions,
    ...featureOptions,
    ...trainOptions,
    results: {
      type: "string",
      describe: "second copy of a list's results.json, e.g. results/esc10/cv5.json",
    },
    tensorboard: { type: "boolean", default: false, describe: "event files too, in <run>/tensorboard/" },
    summary: { type: "boolean", default: false, describe: "print the network's layers and train nothing" },
  },
  examples: [
    ["train", "the 1D-CNN on the embedded data set: fold 1 tests, fold 2 validates, the rest trains"],
    ["train -- --data ../sounds --network cnn-transformer --heads 2", "the other network on your sounds"],
    ["train -- --data ../sounds --protocol final", "with all your sounds, for deployment"],
    ["train -- --data ../esc10 --protocol cv5 --seed 0 1 2", "the field's five-fold rotation, three times"],
    ["train -- --summary", "layers, shapes and parameters"],
  ],
  run: async (args) => {
    if (args.summary) {
      for (const { job } of listJobs(args, { labels: Array.from({ length: 10 }, String), clips: [] }))
        console.log(formatNetwork(summariseNetwork(createNetwork(job.network, job.seed))));
      return;
    }
    const dataset = await openDataset(args);
    const jobs = listJobs(args, dataset);
    const [only, ...others] = jobs;
    if (only !== undefined && others.length === 0) {
      const config = makeRunConfig(args, only.job);
      const name = args.run ?? nameRun(config.data, config.job.network.architecture, config);
      const run = await openOrCreateRun(name, config);
      await timeStage(run, "train", () => trainOnScreen(run, args.tensorboard));
      console.log("Next: npm run export");
      return;
    }
    const { threads = 1, protocol } = args;
    const planned = jobs.map(({ name, job }) => ({ name, config: makeRunConfig({ ...args, threads }, job) }));
    const name = args.run ?? nameRun(planned[0]?.config.data ?? "", protocol, planned);
    const list = { folder: findListFolder(name), protocol, jobs: planned };
    const finished = await trainList(list, {
      parallel: countParallelJobs(threads, args.jobs),
      tensorboard: args.tensorboard,
    });
    console.log(formatListResults(finished, await writeListResults(list, finished, args.results)));
    console.log(`Next: npm run report -- --run ${name}`);
  },
});

/** Trains a run with its progress on the screen. @returns what to say of it */
export async function trainOnScreen(run: Run, tensorboard = false): Promise<string> {
  const { engine, wasTrainedBefore, result } = await showTraining((options) =>
    trainRun(run, { ...options, tensorboard }),
  );
  const { epochs, selectedEpoch, test } = result;
  const accuracy = test === null ? "" : `, test accuracy ${(100 * test.accuracy).toFixed(1)} %`;
  const state = wasTrainedBefore ? "already trained: " : "";
  return `${state}${epochs} epochs with ${engine}, epoch ${selectedEpoch} taken${accuracy}`;
}
