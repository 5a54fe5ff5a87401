import { createNetwork } from "../models/create-network.ts";
import { summariseNetwork } from "../models/summarise-network.ts";
import { checkSources } from "./check-sources.ts";
import { formatNetwork } from "./format-network.ts";
import { countParallelJobs, findListFolder, trainList } from "./job-list.ts";
import { formatListResults, writeListResults } from "./list-results.ts";
import { listJobs, makeRunConfig, nameRun } from "./make-run-config.ts";
import { openDataset } from "./open-data.ts";
import { dataOptions, featureOptions, newRunOption, trainOptions } from "./options.ts";
import { openOrCreateRun } from "./run-folder.ts";
import { defineStage } from "./stage.ts";
import { timeStage } from "./time-stage.ts";
import { trainOnScreen } from "./train-on-screen.ts";

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
    "score-without": {
      type: "string",
      array: true,
      default: [],
      describe: "recordings that a second score of a list leaves out of its test clips",
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
    checkSources(dataset.clips, { "exclude-source": args.excludeSource, "score-without": args.scoreWithout });
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
    const written = await writeListResults(list, finished, {
      copy: args.results,
      withoutSources: args.scoreWithout,
    });
    console.log(formatListResults(finished, written));
    console.log(`Next: npm run report -- --run ${name}`);
  },
});
