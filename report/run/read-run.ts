import { readdir, stat } from "node:fs/promises";
import path from "node:path";
import * as z from "zod";
import { UserError } from "../../common/user-error.ts";
import { calibrationSchema } from "../../run-files/calibration.ts";
import { fieldRunSchema } from "../../run-files/field-file.ts";
import { ablationFileSchema } from "../../run-files/list-results.ts";
import { parityFileSchema } from "../../run-files/parity-file.ts";
import { listConfigSchema } from "../../run-files/run-config.ts";
import { environmentSchema, stagesFileSchema } from "../../run-files/stage-files.ts";
import { runSummarySchema } from "../../run-files/summary.ts";
import { flattenSettings } from "./job-settings.ts";
import { nameData, readData } from "./read-data.ts";
import { readJson } from "./read-files.ts";
import { readJob, type ReadJob } from "./read-job.ts";
import { ownJobName, type RunResult } from "./run-result.ts";

/** The config of a run names its data; that of a list its protocol and its command too. */
const readableConfigSchema = z.looseObject(listConfigSchema.partial().shape);

/** What a report reads of a summary; a file of another program gives what it has. */
const readableSummarySchema = z.object({
  data: runSummarySchema.shape.data.catch(undefined),
  model: runSummarySchema.shape.model.catch(undefined),
  engine: runSummarySchema.shape.engine.catch(undefined),
  commands: runSummarySchema.shape.commands.catch(undefined),
});

/**
 * Reads a run's folder, whatever state it is in: what is missing becomes a sentence in `problems`.
 * @throws UserError when there is no such folder
 */
export async function readRun(folder: string): Promise<RunResult> {
  if (!(await isFolder(folder))) throw new UserError(`${folder}: expected a run's folder, got none`);
  const problems: string[] = [];
  const options = { folder, complain: (problem: string) => problems.push(problem) };
  const optional = { ...options, expected: false };
  const config = await readJson("config.json", readableConfigSchema, options);
  const summary = await readJson("summary.json", readableSummarySchema, optional);
  const environment = await readJson("environment.json", environmentSchema.partial(), options);
  // A list of jobs exports no model that could be proven.
  const isList = await isFolder(path.join(folder, "jobs"));
  const parity = await readJson("parity.json", parityFileSchema, isList ? optional : options);
  const jobs = await readJobs(folder, problems);
  const name = path.basename(path.resolve(folder));
  return {
    name,
    folder,
    protocol: config?.protocol ?? null,
    data: await readData({
      ...options,
      fallbackName: nameData(config?.data),
      jobs,
      summaryLabels: summary?.data?.labels,
    }),
    jobs: jobs.map(({ run }) => run),
    engine: summary?.engine ?? jobs.find(({ engine }) => engine !== null)?.engine ?? null,
    parameters: summary?.model?.parameters ?? null,
    modelBytes: summary?.model?.bytes ?? (await measureFile(path.join(folder, "model.onnx"))),
    parity: parity?.results ?? [],
    calibration: (await readJson("calibration.json", calibrationSchema, optional)) ?? null,
    field: (await readJson("field.json", fieldRunSchema, optional)) ?? null,
    layerDifferences: parity?.layers ?? [],
    ablation: (await readJson("ablation.json", ablationFileSchema, optional)) ?? [],
    stageSeconds: (await readJson("stages.json", stagesFileSchema, optional)) ?? {},
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
    return [await readJob({ name: ownJobName, folder, isOneOfMany: false, complain })];
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
