import { createHash } from "node:crypto";
import { readdir } from "node:fs/promises";
import path from "node:path";
import { UserError } from "../../common/user-error.ts";
import type { ThresholdGoal } from "../../heads/thresholds.ts";
import { type CalibrationFile, calibrationSchema } from "../../run-files/calibration.ts";
import { readResult } from "../../run-files/job-result.ts";
import { readIfWhole, writeJson } from "../../run-files/json-file.ts";
import { readCheckpoint } from "../../training/checkpoints/checkpoint.ts";
import { loadEngine } from "../../training/engine.ts";
import { openTurns } from "../jobs/cross-validate.ts";
import { readPredictions } from "../jobs/predictions.ts";
import { findRunFolder, openRun, type Run } from "../runs/run-folder.ts";
import { listLabels } from "../../datasets/dataset.ts";
import { calibrate, minClips, type UnseenClip } from "./calibrate.ts";
import {
  type BackgroundAnswer,
  openGeneratedBackground,
  openRecordedBackground,
  scoreBackground,
} from "./score-background.ts";
import { at } from "../../common/at.ts";

export interface CalibrationOptions {
  readonly goal: ThresholdGoal;
  /** A rotation of the same settings, whose test clips are used: for a run that was trained on all clips. */
  readonly from?: string | undefined;
}

/** Goes up when the same clips give another calibration. */
const calibrationVersion = 3;

/**
 * Temperature and thresholds of a run's network, into `calibration.json`, unless that is made already: from its
 * validation clips, or from the test clips of a rotation, each scored by the network that was not trained on it.
 * @returns undefined where there are no such clips, and never were
 * @throws UserError for a rotation of another data set or another network
 */
export async function calibrateRun(
  run: Run,
  { goal, from }: CalibrationOptions,
): Promise<CalibrationFile | undefined> {
  const jobs = from === undefined ? await openOwnJobs(run) : await openRotation(run, from);
  const isOwn = from === undefined && jobs.length > 1;
  const split = from === undefined && !isOwn ? "validation" : "test";
  const origin = isOwn ? "the cross-validation" : from === undefined ? "validation" : path.basename(from);
  const results = await Promise.all(jobs.map(({ folder }) => readResult(folder)));
  const source = createHash("sha256")
    .update(
      JSON.stringify([calibrationVersion, goal, split, results.map((result) => ({ ...result, seconds: 0 }))]),
    )
    .digest("hex");
  const known = await readIfWhole(run.files.calibration, calibrationSchema);
  if (known?.source === source) return known;

  const clips: UnseenClip[] = [];
  for (const { folder } of jobs)
    clips.push(...(await readPredictions(folder)).filter((clip) => clip.split === split));
  const isAnyNamed = clips.some((clip) => listLabels(clip).length > 0);
  if (clips.length < minClips || !isAnyNamed) return known; // of an earlier export, by a rotation
  await loadEngine(run.config.engine, run.config.threads);
  const generated = await openGeneratedBackground(run.config, "thresholds");
  const background: BackgroundAnswer[] = [];
  let labels: readonly string[] = [];
  for (const { folder, config } of jobs) {
    const recorded = await openRecordedBackground(config, config.job.folds[split]);
    const trained = await readCheckpoint(folder);
    ({ labels } = trained);
    background.push(...(await scoreBackground(trained, [...generated, ...recorded])));
    trained.model.dispose();
  }
  const windowSeconds = run.config.job.features.clipSeconds;
  const calibration = {
    source,
    from: origin,
    ...calibrate({ labels, labelling: run.config.job.labelling, clips, background, goal, windowSeconds }),
  };
  await writeJson(run.files.calibration, calibration);
  return calibration;
}

/** The turns of a run's own cross-validation, of which the first repeat asks each clip once; else the run itself. */
async function openOwnJobs(run: Run): Promise<Run[]> {
  const turns = await openTurns(run);
  return turns.length === 0 ? [run] : turns.filter(({ config }) => config.dealtFolds === 1);
}

/** The jobs of a rotation, of which each clip was a test clip. */
async function openRotation(run: Run, name: string): Promise<Run[]> {
  const folder = path.join(await findRunFolder(name), "jobs");
  const names = await readdir(folder).catch(() => []);
  const jobs = await Promise.all(names.map((job) => openRun(path.join(folder, job))));
  if (jobs.length === 0)
    throw new UserError(
      `--calibrate-from ${name}: expected a rotation (train --protocol cv5), got no jobs there`,
    );
  const { job, data } = run.config;
  const others = jobs.filter(
    ({ config }) =>
      config.data !== data ||
      JSON.stringify([config.job.network, config.job.features]) !==
        JSON.stringify([job.network, job.features]),
  );
  if (others.length > 0)
    throw new UserError(
      `--calibrate-from ${name}: expected the run's data, features and network, got others in ${at(others, 0).name}`,
    );
  return jobs.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/** What the terminal says of a calibration. */
export function formatCalibration(calibration: CalibrationFile): string {
  const { from, clips, temperature, goal, classes, expected, reliability, falseAlarmsPerHour } = calibration;
  const where = from === "validation" ? `${clips} validation clips` : `${clips} test clips of ${from}`;
  const percent = (value: number | null): string =>
    value === null ? "none" : `${(100 * value).toFixed(1)} %`;
  const thresholds = classes.map(({ threshold }) => threshold);
  const range = [Math.min(...thresholds), Math.max(...thresholds)]
    .map((value) => value.toFixed(2))
    .join(" to ");
  return (
    `thresholds ${range} for ${goal}, from ${where} and background: expect ${percent(expected.precision)} of the ` +
    `answers right where half of the sound is background, ${percent(expected.recall)} of the clips' classes named, ` +
    `${falseAlarmsPerHour.toFixed(1)} false alarms an hour of generated background\n` +
    `temperature ${temperature.toFixed(3)}: expected calibration error ${reliability.before.expectedError.toFixed(3)} ` +
    `before, ${reliability.after.expectedError.toFixed(3)} after`
  );
}
