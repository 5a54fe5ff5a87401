import os from "node:os";
import path from "node:path";
import type { TrainingJob } from "../../run-files/job.ts";
import { composeJob } from "../../training/jobs/compose-job.ts";
import { type EngineName, loadEngine } from "../../training/engine.ts";
import { createTrainStep } from "../../training/loop/train-step.ts";
import { createTrainingState, disposeTrainingState } from "../../training/loop/training-state.ts";
import { countWork, type Experiment } from "../runs/experiments.ts";
import { findListFolder } from "./job-list.ts";
import { exists } from "../runs/run-folder.ts";

interface Conditions {
  readonly clips: number;
  readonly folds: number;
  readonly engine: "auto" | EngineName;
  readonly prefix: string;
}

/** How long the experiments will take here, from a few timed steps of each network; finished ones take no time. */
export async function estimateSeconds(
  experiments: readonly Experiment[],
  { clips, folds, engine, prefix }: Conditions,
): Promise<number> {
  await loadEngine(engine, 1);
  const measured = new Map<string, number>();
  let total = 0;
  for (const experiment of experiments) {
    if (await exists(path.join(findListFolder(`${prefix}${experiment.name}`), "results.json"))) continue;
    const { jobs, clipPasses } = countWork(experiment, { clips, folds });
    for (const network of experiment.networks) {
      const key = `${network} ${experiment.recipe}`;
      const job = composeJob({ recipe: experiment.recipe, network: { architecture: network } });
      const secondsPerClip = measured.get(key) ?? (await timeClip(job));
      measured.set(key, secondsPerClip);
      total += (jobs / experiment.networks.length) * clipPasses * secondsPerClip;
    }
  }
  return total / os.availableParallelism();
}

const batchClips = 32;
const timedSteps = 3;

/** Seconds for a clip in one training step, by the engine that is loaded. */
export async function timeClip(job: TrainingJob): Promise<number> {
  const frames = job.augmentation?.cropFrames ?? 214;
  const { bands, classes } = job.network;
  const state = createTrainingState(job);
  const runStep = createTrainStep(state);
  const negatives = Math.round((job.augmentation?.negatives?.fraction ?? 0) * batchClips);
  const rows = batchClips + negatives;
  const batch = {
    values: new Float32Array(rows * frames * bands).fill(0.5),
    shape: [rows, frames, bands] as const,
    targets: new Float32Array(rows * classes).fill(1 / classes),
    negatives,
  };
  let step = 0;
  const run = async (steps: number): Promise<void> => {
    for (const end = step + steps; step < end; step++) await runStep(batch, 1e-4, step);
  };
  await run(timedSteps); // compiles
  const startMs = performance.now();
  await run(timedSteps);
  const seconds = (performance.now() - startMs) / 1000;
  disposeTrainingState(state);
  return seconds / timedSteps / batchClips;
}
