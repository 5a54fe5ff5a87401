import { readdir, stat } from "node:fs/promises";
import path from "node:path";
import * as z from "zod";
import { UserError } from "../../common/user-error.ts";
import { flattenSettings } from "./job-settings.ts";
import { nameData, readData } from "./read-data.ts";
import { readJson } from "./read-files.ts";
import { readJob, type ReadJob } from "./read-job.ts";
import {
  ablationSchema,
  configSchema,
  paritySchema,
  speedSchema,
  stagesSchema,
  summarySchema,
} from "./run-files.ts";
import type { RunResult } from "./run-result.ts";

/**
 * Reads a run's folder, whatever state it is in: what is missing becomes a sentence in `problems`.
 * @throws UserError when there is no such folder
 */
export async function readRun(folder: string): Promise<RunResult> {
  if (!(await isFolder(folder))) throw new UserError(`${folder}: expected a run's folder, got none`);
  const problems: string[] = [];
  const options = { folder, complain: (problem: string) => problems.push(problem) };
  const optional = { ...options, expected: false };
  const config = await readJson("config.json", configSchema, options);
  const summary = await readJson("summary.json", summarySchema, optional);
  const environment = await readJson("environment.json", z.looseObject({}), options);
  // A list of jobs exports no model that could be proven.
  const isList = await isFolder(path.join(folder, "jobs"));
  const parity = await readJson("parity.json", paritySchema, isList ? optional : options);
  const jobs = await readJobs(folder, problems);
  const name = path.basename(path.resolve(folder));
  return {
    name,
    folder,
    protocol: config?.protocol ?? summary?.protocol ?? null,
    data: await readData({
      ...options,
      fallbackName: nameData(config?.data),
      jobs,
      summaryLabels: summary?.labels,
    }),
    jobs: jobs.map(({ run }) => run),
    engine: summary?.engine ?? jobs.find(({ engine }) => engine !== null)?.engine ?? null,
    parameters: summary?.parameters ?? summary?.model?.parameters ?? null,
    modelBytes:
      summary?.modelBytes ?? summary?.model?.bytes ?? (await measureFile(path.join(folder, "model.onnx"))),
    parity: parity?.results ?? [],
    layerDifferences: parity?.layers ?? [],
    speeds: listSpeeds((await readJson("speed.json", speedSchema, optional)) ?? summary?.speed ?? []),
    ablation: ((await readJson("ablation.json", ablationSchema, optional)) ?? []).map((row) => ({
      change: row.change,
      accuracy: row.accuracy,
      deviation: row.deviation ?? null,
    })),
    stageSeconds: (await readJson("stages.json", stagesSchema, optional)) ?? {},
    environment: flattenSettings(environment),
    commands: summary?.commands ?? (config?.command === undefined ? [] : [config.command]),
    problems,
  };
}

/** A run is one job, or holds several under `jobs/`. */
async function readJobs(folder: string, problems: string[]): Promise<ReadJob[]> {
  const entries = await readdir(path.join(folder, "jobs"), { withFileTypes: true }).catch(() => []);
  const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  if (names.length === 0) {
    const complain = (problem: string) => problems.push(problem);
    return [await readJob({ name: "job", folder, isOneOfMany: false, complain })];
  }
  const collator = new Intl.Collator("en", { numeric: true });
  const jobs: ReadJob[] = [];
  for (const name of names.toSorted((one, two) => collator.compare(one, two))) {
    const complain = (problem: string) => problems.push(`Job ${name}: ${problem}`);
    const job = { name, folder: path.join(folder, "jobs", name), isOneOfMany: true, complain };
    jobs.push(await readJob(job));
  }
  return jobs;
}

function listSpeeds(rows: z.infer<typeof speedSchema>): RunResult["speeds"] {
  return rows.map(({ target, input, millisecondsPerClip }) => ({
    target,
    input: input ?? null,
    millisecondsPerClip,
  }));
}

async function measureFile(file: string): Promise<number | null> {
  return stat(file).then(
    ({ size }) => size,
    () => null,
  );
}

async function isFolder(name: string): Promise<boolean> {
  return stat(name).then(
    (status) => status.isDirectory(),
    () => false,
  );
}
