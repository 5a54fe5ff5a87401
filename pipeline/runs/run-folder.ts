import { lstat, mkdir, readlink, rename, rm, stat, symlink } from "node:fs/promises";
import path from "node:path";
import { UserError } from "../../common/user-error.ts";
import { readIfWhole, readJson, writeJson } from "../../run-files/json-file.ts";
import { describeDifferences } from "../../run-files/describe-differences.ts";
import { runConfigSchema, type RunConfig } from "../../run-files/run-config.ts";
import { stagesFileSchema } from "../../run-files/stage-files.ts";

export const runsRoot = "runs";
const latestLink = path.join(runsRoot, "latest");

/** One run's folder: its settings, and where the stages put what they make. */
export interface Run {
  readonly name: string;
  readonly folder: string;
  readonly config: RunConfig;
  readonly files: ReturnType<typeof listFiles>;
}

/**
 * Makes `runs/<name>/` with its config, or opens it again when the config is the same; it becomes `runs/latest`. A run
 * that has not begun to train takes over the new settings: its data may have been refused.
 * @throws UserError when a run of that name was trained with other settings: the differences are shown
 */
export async function openOrCreateRun(name: string, config: RunConfig): Promise<Run> {
  const run = await openOrCreateFolder(path.join(runsRoot, name), config);
  await pointLatestTo(name);
  return run;
}

/** As `openOrCreateRun`, in any folder, which does not become the latest run. */
export async function openOrCreateFolder(folder: string, config: RunConfig): Promise<Run> {
  const files = listFiles(folder);
  const existing = await readIfWhole(files.config, runConfigSchema);
  const hasTrained = await exists(path.join(folder, "metrics.jsonl"));
  if (existing !== undefined && hasTrained) refuseOtherSettings(folder, describeDifferences(existing, config));
  else await writeJson(files.config, config);
  return { name: path.basename(folder), folder, config, files };
}

/** Makes `runs/<name>/` for a run that is no single job; it becomes `runs/latest`. @returns its folder */
export async function openOrCreateListFolder(name: string): Promise<string> {
  const folder = path.join(runsRoot, name);
  await mkdir(folder, { recursive: true });
  await pointLatestTo(name);
  return folder;
}

/**
 * Opens a run that exists.
 * @param run a name under `runs/`, or the path of a run's folder
 * @throws UserError when there is none, naming the command that makes one
 */
export async function openRun(run: string): Promise<Run> {
  if (run === "") throw new UserError(`--run: expected the name or the folder of a run, got ""`);
  const folder = await findRunFolder(run);
  const files = listFiles(folder);
  const config = await readJson(files.config, runConfigSchema);
  if (config === undefined)
    throw new UserError(
      `--run ${shorten(run)}: expected a run (a folder with config.json), got none; npx earshot train makes one`,
    );
  return { name: path.basename(folder), folder, config, files };
}

/** @param run a name under `runs/`, or the path of a run's folder @returns where it would be */
export async function findRunFolder(run: string): Promise<string> {
  const given = (await exists(path.join(run, "config.json"))) ? run : path.join(runsRoot, run);
  return given === latestLink ? path.join(runsRoot, await readLatest()) : given;
}

/** Adds the seconds a stage took to `stages.json`, which the summary shows. */
export async function recordStageSeconds(run: Run, stage: string, seconds: number): Promise<void> {
  const known = await readStageSeconds(run);
  await writeJson(run.files.stages, { ...known, [stage]: Math.round(seconds * 100) / 100 });
}

export async function readStageSeconds(run: Run): Promise<Record<string, number>> {
  return (await readIfWhole(run.files.stages, stagesFileSchema)) ?? {}; // none has ended yet
}

export async function exists(file: string): Promise<boolean> {
  return await stat(file).then(
    () => true,
    () => false,
  );
}

/** Where the files of a run, or of a list of jobs, are. */
export function listFiles(folder: string) {
  const at = (name: string): string => path.join(folder, name);
  return {
    config: at("config.json"),
    environment: at("environment.json"),
    data: at("data.json"),
    features: at("features.json"),
    predictions: at("predictions.jsonl"),
    model: at("model.onnx"),
    calibration: at("calibration.json"),
    parity: at("parity.json"),
    stages: at("stages.json"),
    summary: at("summary.json"),
    report: at("report.html"),
  };
}

function refuseOtherSettings(folder: string, differences: readonly string[]): void {
  if (differences.length === 0) return;
  const shown = differences.map((difference) => `\n  ${difference}`).join("");
  throw new UserError(
    `${folder}: expected the settings of this run, got others; name another --run, or train by the run's own with --resume:${shown}`,
  );
}

/** At most: with `jobs/`, a job and a checkpoint below it, the paths stay short enough for every system. */
const maxNameCharacters = 100;

/** What no file can be called on Windows. */
const reservedNames = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;

/** @throws UserError unless `--run` can name a folder under runs/, on every system */
export function checkRunName(name: string): void {
  const isName = /^[\p{Letter}\p{Number}][\p{Letter}\p{Mark}\p{Number} ._-]*(?<![ .])$/u.test(name);
  if (isName && name.length <= maxNameCharacters && name !== "latest" && !reservedNames.test(name)) return;
  throw new UserError(
    `--run: expected the name of a folder under ${runsRoot}/, which begins with a letter or digit, has up to ` +
      `${maxNameCharacters} letters, digits, ".", "_" or "-" and is not "latest", got ${shorten(name)}`,
  );
}

const shorten = (name: string): string =>
  JSON.stringify(name.length <= 40 ? name : `${name.slice(0, 40)}… (${name.length} characters)`);

async function readLatest(): Promise<string> {
  const target = await readlink(latestLink).catch((cause: unknown) => {
    throw new UserError(`--run latest: expected a run, got none yet; npx earshot train makes one`, { cause });
  });
  return path.basename(target);
}

/** By a rename, so that the link is there whenever a run is. */
async function pointLatestTo(name: string): Promise<void> {
  await mkdir(runsRoot, { recursive: true });
  const old = await lstat(latestLink).catch(() => undefined);
  if (old?.isSymbolicLink() === false)
    throw new UserError(`${latestLink}: expected a link to the latest run, got a folder or a file; rename it`);
  if (process.platform === "win32") {
    // Windows lets only junctions be made without special rights; those need an absolute target, and a free place.
    await rm(latestLink, { force: true });
    await symlink(path.resolve(runsRoot, name), latestLink, "junction");
    return;
  }
  const temporary = `${latestLink}.${process.pid}.tmp`;
  await rm(temporary, { force: true });
  await symlink(name, temporary, "dir");
  await rename(temporary, latestLink);
}
