import path from "node:path";
import { at } from "../../common/at.ts";
import { environmentSchema } from "../../run-files/stage-files.ts";
import { loadCheckpoint, nameCheckpoint } from "../../training/checkpoints/checkpoint-store.ts";
import { readPredictions } from "./predictions.ts";
import { UserError } from "../../common/user-error.ts";
import { readResult, type JobResult } from "../../run-files/job-result.ts";
import { describeRunData } from "../data/describe-data.ts";
import { describeEnvironment } from "../runs/environment.ts";
import { computeListFeatures } from "../data/compute-features.ts";
import { readIfWhole, writeJson } from "../../run-files/json-file.ts";
import { openDataset } from "../runs/open-data.ts";
import { formatSeconds } from "../../common/format-seconds.ts";
import { createProgress } from "../screen/progress.ts";
import { type ListConfig, type RunConfig, runConfigSchema } from "../../run-files/run-config.ts";
import { exists, listFiles, openOrCreateFolder, runsRoot } from "../runs/run-folder.ts";
import type { JobRunner } from "../../queue/job-runner.ts";

interface PlannedJob {
  readonly name: string;
  readonly config: RunConfig;
}

/** Jobs that need nothing of one another. */
export interface JobList {
  /** `runs/<name>`. */
  readonly folder: string;
  readonly protocol: string;
  /** That began the list; without it, the command of this process. */
  readonly command?: string | undefined;
  readonly jobs: readonly PlannedJob[];
}

interface ListOptions {
  readonly runner: JobRunner;
  readonly tensorboard?: boolean;
}

export interface FinishedJob {
  readonly name: string;
  readonly result: JobResult;
}

/**
 * Trains what is not trained yet of a list, by a runner, with one progress line; Ctrl-C saves all of them, and the
 * same command goes on.
 * @throws UserError listing the jobs that failed, or saying that the list was interrupted
 */
export async function trainList(list: JobList, options: ListOptions): Promise<FinishedJob[]> {
  const { folder, jobs } = list;
  const folders = await createFolders(list);
  const waiting = await filterUnfinished(folders);
  if (waiting.length > 0) {
    console.error(
      `${folder}: ${waiting.length} of ${jobs.length} jobs to train, ${options.runner.description}`,
    );
    const configs = jobs.map(({ config }) => config);
    if (options.runner.isLocal)
      for (const line of await computeListFeatures(configs, listFiles(folder))) console.error(line);
    await trainFolders(waiting, options);
  }
  const results = await Promise.all(folders.map(readResult));
  return jobs.flatMap(({ name }, index) => {
    const result = results[index];
    return result === undefined || result === null ? [] : [{ name, result }];
  });
}

async function createFolders({ folder, protocol, command, jobs }: JobList): Promise<string[]> {
  const environment = await describeEnvironment();
  const [first] = jobs;
  if (first === undefined) throw new UserError(`${folder}: expected jobs, got none`);
  const settings = {
    data: first.config.data,
    protocol,
    command: command ?? environment.command,
  };
  const files = listFiles(folder);
  await writeJson(files.environment, environment);
  await describeRunData({ files }, await openDataset(first.config));
  const folders: string[] = [];
  for (const { name, config } of jobs)
    folders.push((await openOrCreateFolder(path.join(folder, "jobs", name), config)).folder);
  // Last, so that a list with settings has all of its jobs.
  await writeJson(files.config, settings satisfies ListConfig);
  return folders;
}

/** Folders of jobs that are still to be trained. */
export async function filterUnfinished(folders: readonly string[]): Promise<string[]> {
  const states = await Promise.all(folders.map(isFinished));
  return folders.filter((_, index) => !at(states, index));
}

/** Whether a job is trained and its files are whole; its own process makes again what is not. */
async function isFinished(folder: string): Promise<boolean> {
  try {
    const result = await readResult(folder);
    if (result === null) return false;
    for (const epoch of new Set([result.selectedEpoch, result.epochs]))
      await loadCheckpoint(path.join(folder, "checkpoints", nameCheckpoint(epoch)));
    await readPredictions(folder);
    return (await readIfWhole(listFiles(folder).environment, environmentSchema)) !== undefined;
  } catch {
    return false;
  }
}

/** Trains jobs that have their folders and settings. @throws UserError as `trainList` does */
export async function trainFolders(
  folders: readonly string[],
  { runner, tensorboard = false }: ListOptions,
): Promise<void> {
  const interruption = new AbortController();
  const interrupt = (): void => {
    console.error("\nsaving the jobs that run");
    interruption.abort();
  };
  process.once("SIGINT", interrupt).once("SIGTERM", interrupt);
  const done = new Map<string, number>(); // fraction of each job's epochs
  const doneBefore = new Map<string, number>(); // of jobs that an earlier process began
  const started = performance.now();
  const progress = createProgress("jobs");
  const show = (): void => {
    progress.update(sumValues(done), folders.length, "", sumValues(doneBefore));
  };
  try {
    const jobs = folders.map(
      (folder) => ({ kind: "train", folder, tensorboard, trainedFolders: {} }) as const,
    );
    const failed = await runner.run(jobs, {
      signal: interruption.signal,
      onProgress: ({ folder, done: epochs, total }) => {
        const fraction = epochs / total;
        done.set(folder, fraction);
        if (!doneBefore.has(folder)) doneBefore.set(folder, fraction);
        show();
      },
      onDone: (folder) => {
        const after = formatSeconds((performance.now() - started) / 1000);
        console.error(`${path.basename(folder)} trained (after ${after})`);
      },
    });
    if (interruption.signal.aborted)
      throw new UserError("stopped, saved; the same command goes on from there");
    if (failed.length > 0)
      throw new UserError(failed.map(({ folder, message }) => `${folder}: ${message}`).join("\n"));
  } finally {
    progress.end();
    process.off("SIGINT", interrupt).off("SIGTERM", interrupt);
  }
}

const sumValues = (values: ReadonlyMap<string, number>): number =>
  [...values.values()].reduce((sum, value) => sum + value, 0);

/**
 * The folder of a list of jobs, by its name under runs/ or its path; undefined where there is none, and of a run that has
 * a cross-validation of its own beside it.
 */
export async function findList(name: string): Promise<string | undefined> {
  for (const folder of [name, findListFolder(name)])
    if (await exists(path.join(folder, "jobs"))) {
      const own = await readIfWhole(listFiles(folder).config, runConfigSchema);
      return own === undefined ? folder : undefined;
    }
  return undefined;
}

/** Folder of a list by its name. */
export const findListFolder = (name: string): string => path.join(runsRoot, name);
