import { createNetwork } from "../../models/create-network.ts";
import { summariseNetwork } from "../../models/summarise-network.ts";
import { formatNetwork } from "../screen/format-network.ts";
import { trainFolders, trainList } from "../jobs/job-list.ts";
import { formatListResults, writeListResults } from "../jobs/list-results.ts";
import { listJobs } from "../runs/make-run-config.ts";
import {
  dataOptions,
  featureOptions,
  newRunOption,
  queueOptions,
  trainOptions,
} from "../command-line/options.ts";
import { openRunner, type RunnerSettings } from "../jobs/open-runner.ts";
import { planRun, planToResume } from "../runs/plan-run.ts";
import { openOrCreateRun, type Run } from "../runs/run-folder.ts";
import { defineStage } from "../command-line/stage.ts";
import { timeStage } from "../runs/time-stage.ts";
import { trainOnScreen } from "../jobs/train-on-screen.ts";

type QueuedSettings = RunnerSettings & { readonly tensorboard: boolean };

/** Of those options that have no default: beside `--resume` they would be ignored. */
const settingNames = Object.entries({ ...dataOptions, ...featureOptions, ...trainOptions }).flatMap(
  ([name, option]) => ("default" in option || name === "concurrency" ? [] : [name]),
);

export const trainStage = defineStage({
  name: "train",
  options: {
    ...newRunOption,
    ...dataOptions,
    ...featureOptions,
    ...trainOptions,
    ...queueOptions,
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
    resume: {
      type: "boolean",
      conflicts: settingNames,
      describe: "go on with --run, or the latest run, by the settings that it was begun with",
    },
    tensorboard: { type: "boolean", default: false, describe: "event files too, in <run>/tensorboard/" },
    summary: { type: "boolean", default: false, describe: "print the network's layers and train nothing" },
  },
  examples: [
    ["train", "the 1D-CNN on the embedded data set: fold 1 tests, fold 2 validates, the rest trains"],
    ["train ../sounds --network cnn-transformer --heads 2", "the other network on your sounds"],
    ["train ../sounds --protocol final", "with all your sounds, for deployment"],
    ["train ../esc10 --protocol cv5 --seed 0 1 2", "the field's five-fold rotation, three times"],
    ["train --run esc10-cv5 --resume", "go on with a run without typing its settings again"],
    ["train --summary", "layers, shapes and parameters"],
  ],
  run: async (args) => {
    if (args.summary) {
      for (const { job } of listJobs(args, { classes: 10, folds: [1, 2, 3, 4, 5] }))
        console.log(formatNetwork(summariseNetwork(createNetwork(job.network, job.seed))));
      return;
    }
    const isQueued = args.queue !== undefined;
    // All cores of another machine would be another number of threads, which gives other bits.
    const settings = isQueued ? { ...args, threads: args.threads ?? 1 } : args;
    const plan = args.resume === true ? await planToResume(args.run ?? "latest") : await planRun(settings);
    if (plan.kind !== "list") {
      const run = plan.kind === "resume" ? plan.run : await openOrCreateRun(plan.name, plan.config);
      if (isQueued) await trainQueued(run, args);
      else await timeStage(run, "train", () => trainOnScreen(run, args.tensorboard));
      console.log("Next: npx earshot export");
      return;
    }
    const { name, list } = plan;
    const runner = await openRunner({ ...args, threads: list.jobs[0]?.config.threads }, name);
    const { tensorboard } = args;
    const finished = await trainList(list, { runner, tensorboard }).finally(() => runner.close());
    const { results: copy, scoreWithout: withoutSources } = args;
    const written = await writeListResults(list, finished, { copy, withoutSources });
    console.log(formatListResults(finished, written));
    console.log(`Next: npx earshot report --run ${name}`);
  },
});

/** One job by a worker: its files arrive in the run's folder. */
async function trainQueued(run: Run, { tensorboard, ...settings }: QueuedSettings): Promise<void> {
  const runner = await openRunner(settings, run.name);
  await trainFolders([run.folder], { runner, tensorboard }).finally(() => runner.close());
}
