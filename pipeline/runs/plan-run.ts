import { readdir } from "node:fs/promises";
import path from "node:path";
import { UserError } from "../../common/user-error.ts";
import { checkSources } from "./check-sources.ts";
import { findList, findListFolder, type JobList } from "../jobs/job-list.ts";
import { readJson } from "../../run-files/json-file.ts";
import { defaultProtocol, makeRunConfig, nameRun, planJobs, type RunSettings } from "./make-run-config.ts";
import { openDataset } from "./open-data.ts";
import { listConfigSchema, type RunConfig } from "../../run-files/run-config.ts";
import { checkRunName, listFiles, openRun, type Run } from "./run-folder.ts";
import { at } from "../../common/at.ts";

/** What `train` is to do: one job in a folder of its own, or a list of them. */
export type RunPlan =
  | { readonly kind: "run"; readonly name: string; readonly config: RunConfig }
  | { readonly kind: "resume"; readonly run: Run }
  | { readonly kind: "list"; readonly name: string; readonly list: JobList };

type PlanSettings = RunSettings & {
  readonly run?: string | undefined;
  readonly scoreWithout: readonly string[];
};

/**
 * What the options ask for.
 * @throws UserError that lists every mistake
 */
export async function planRun(settings: PlanSettings): Promise<RunPlan> {
  if (settings.run !== undefined) checkRunName(settings.run);
  const dataset = await openDataset(settings);
  const { scoreWithout, threads = 1, protocol = defaultProtocol } = settings;
  checkSources(dataset.clips, { "score-without": scoreWithout });
  const jobs = await planJobs(settings, dataset);
  const [only, ...others] = jobs;
  if (only !== undefined && others.length === 0) {
    const config = makeRunConfig(settings, only.job);
    const name = settings.run ?? nameRun(config.data, config.job.network.architecture, config);
    return { kind: "run", name, config };
  }
  const planned = jobs.map(({ name, job }) => ({
    name,
    config: makeRunConfig({ ...settings, threads }, job),
  }));
  const name = settings.run ?? nameRun(at(planned, 0).config.data, protocol, planned);
  return { kind: "list", name, list: { folder: findListFolder(name), protocol, jobs: planned } };
}

/**
 * What a run was begun with, whatever the defaults have become since.
 * @throws UserError when there is no such run, or it is a search, which `tune` alone can rank
 */
export async function planToResume(run: string): Promise<RunPlan> {
  const folder = await findList(run);
  if (folder === undefined) return { kind: "resume", run: await openRun(run) };
  const origin = await readJson(listFiles(folder).config, listConfigSchema);
  if (origin === undefined)
    throw new UserError(`${folder}: expected config.json, got none: it was stopped before it began`);
  if (origin.protocol === "tune")
    throw new UserError(`${folder}: expected what train began, got a search; its own command goes on`);
  const names = await readdir(path.join(folder, "jobs"));
  const jobs = await Promise.all(
    names.map(async (name) => ({ name, config: (await openRun(path.join(folder, "jobs", name))).config })),
  );
  jobs.sort((a, b) => a.config.job.seed - b.config.job.seed || a.name.localeCompare(b.name));
  return { kind: "list", name: path.basename(folder), list: { ...origin, folder, jobs } };
}
