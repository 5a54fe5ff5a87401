import { readdir, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { formatSeconds } from "../../common/format-seconds.ts";
import { type Dataset, indexLabels, listLabels } from "../../datasets/dataset.ts";
import { groupBy } from "../../datasets/folds/group-by.ts";
import { listFolds } from "../../datasets/folds/list-folds.ts";
import type { RunConfig } from "../../run-files/run-config.ts";
import { loadEngine } from "../../training/engine.ts";
import { overrideJob } from "../../training/jobs/override-job.ts";
import { checkJobs } from "../runs/check-jobs.ts";
import { checkRecordings, dealDataset, smallSetClips } from "../runs/deal-clips.ts";
import type { RunSettings } from "../runs/make-run-config.ts";
import { formatScore, measureRepeats, type RepeatedScore } from "../runs/repeated-score.ts";
import { openOrCreateFolder, openRun, type Run } from "../runs/run-folder.ts";
import { timeClip } from "./estimate-seconds.ts";
import { filterUnfinished, trainFolders } from "./job-list.ts";
import { openRunner, type RunnerSettings } from "./open-runner.ts";
import { readTestPredictions } from "./predictions.ts";

/** How a network of few clips is scored, while another one trains on all of them. */
export interface CrossValidation {
  readonly clips: number;
  readonly repeats: number;
  /** Trainings, each a run in a folder of this name. */
  readonly turns: readonly { readonly name: string; readonly config: RunConfig }[];
}

/** Whether a run is scored by a repeated cross-validation: few clips of a user, and no other score was asked for. */
export function isSmallSet(
  { data, protocol, testFold, validationFold, set }: RunSettings,
  { clips }: Pick<Dataset, "clips">,
): boolean {
  const asked = protocol ?? testFold ?? validationFold ?? set.find((setting) => setting.startsWith("folds."));
  return data !== undefined && asked === undefined && clips.length < smallSetClips;
}

/**
 * All clips train, in no more epochs than they need and on one thread: what scores the network trains beside it. Steps
 * of few clips take ONNX Runtime, which compiles them, a fifth of tfjs-node's time.
 */
export function settleSmallSet(settings: RunSettings, clips: number): RunSettings {
  const {
    engine,
    threads = 1,
    recipe,
    epochs = recipe === undefined ? pickEpochs(clips) : undefined,
  } = settings;
  const fast = engine === "auto" ? "onnxruntime" : engine;
  return { ...settings, protocol: "final", engine: fast, threads, epochs };
}

/** Sixteen clips are learned as well in half of the recipe's epochs (docs/training.md). @returns undefined: the recipe's */
const pickEpochs = (clips: number): number | undefined => (clips < halvedClips ? 80 : undefined);
const halvedClips = 50;

/** One deal of few clips says less, and its trainings are shorter. */
const countRepeats = (clips: number): number => (clips <= 20 ? 3 : 2);

/**
 * The trainings that score a run: in each repeat the recordings are dealt into folds anew, and each fold is asked of a
 * network that trained on the others.
 * @param config of the run, whose job trains on all clips
 * @throws UserError naming classes of a single recording, and whatever a training would refuse
 */
export async function planCrossValidation(config: RunConfig, dataset: Dataset): Promise<CrossValidation> {
  const excluded = new Set(config.job.folds.excludedSources);
  const clips = dataset.clips.filter(({ source }) => !excluded.has(source));
  checkRecordings({ labels: dataset.labels, clips });
  const repeats = countRepeats(clips.length);
  const turns: CrossValidation["turns"][number][] = [];
  for (let repeat = 1; repeat <= repeats; repeat++) {
    const dealt = dealDataset(dataset, repeat);
    const own = listFolds(dealt.clips).map((fold) => {
      const job = overrideJob(config.job, { "folds.test": [fold], seed: config.job.seed + repeat - 1 });
      return { name: `repeat-${repeat}-fold-${fold}`, config: { ...config, dealtFolds: repeat, job } };
    });
    const jobs = own.map(({ name, config: { job } }) => ({ name, job }));
    await checkJobs(jobs, dealt, config.maxClipSeconds);
    turns.push(...own);
  }
  return { clips: clips.length, repeats, turns };
}

/**
 * Trains the run on all clips and its turns beside it, in processes. The run's own is started even where it has trained:
 * it refuses other data. @returns what to say of the score
 */
export async function crossValidate(
  run: Run,
  plan: CrossValidation,
  { concurrency = os.availableParallelism() }: Pick<RunnerSettings, "concurrency">,
): Promise<string> {
  const jobs = path.join(run.folder, "jobs");
  const names = new Set(plan.turns.map(({ name }) => name));
  for (const old of await readdir(jobs).catch(() => []))
    if (!names.has(old)) await rm(path.join(jobs, old), { recursive: true }); // of other clips
  const folders: string[] = [];
  for (const { name, config } of plan.turns)
    folders.push((await openOrCreateFolder(path.join(jobs, name), config)).folder);
  const waiting = await filterUnfinished(folders);
  if (waiting.length > 0)
    console.log(await describePlan(run.config, { ...plan, trainings: waiting.length + 1, concurrency }));
  const runner = await openRunner({ concurrency, threads: run.config.threads }, run.name);
  await trainFolders([run.folder, ...waiting], { runner }).finally(() => runner.close());
  const score = await readCrossValidation(run);
  if (score === undefined) throw new Error(`${jobs}: expected the turns that were trained, found none`);
  return (
    `${formatScore(score)} (${plan.repeats} times cross-validated by recording, ${plan.turns.length} trainings); ` +
    `the model trained on all ${plan.clips}`
  );
}

/** Seconds until a process trains: it loads the engine and reads the clips at all speeds. */
const startSeconds = 5;

async function describePlan(
  { engine, threads, job }: RunConfig,
  { clips, repeats, trainings, concurrency }: CrossValidation & { trainings: number; concurrency: number },
): Promise<string> {
  await loadEngine(engine, threads);
  const passes = clips * job.viewsPerEpoch * job.epochs; // of the largest
  const seconds =
    (trainings * (startSeconds + passes * (await timeClip(job)))) / Math.min(trainings, concurrency);
  return (
    `${clips} clips: ${trainings} trainings of ${job.epochs} epochs, for a score by ${repeats} cross-validations and a ` +
    `model of all clips; about ${formatSeconds(Math.ceil(seconds / 10) * 10)}. --protocol holdout tests one fold alone`
  );
}

/** The turns of a run's cross-validation; none of a run that has no such. */
export async function openTurns({ folder }: Pick<Run, "folder">): Promise<Run[]> {
  const names = await readdir(path.join(folder, "jobs")).catch(() => []);
  return await Promise.all(names.sort().map((name) => openRun(path.join(folder, "jobs", name))));
}

/** The score of a run by its cross-validation; undefined of a run that has none. */
export async function readCrossValidation(run: Pick<Run, "folder">): Promise<RepeatedScore | undefined> {
  const turns = await openTurns(run);
  const [first] = turns;
  if (first === undefined) return undefined;
  const repeats = await Promise.all(
    [...groupBy(turns, ({ config }) => config.dealtFolds).values()].map(async (own) =>
      (await Promise.all(own.map(({ folder }) => readTestPredictions(folder)))).flat(),
    ),
  );
  const labels = [...new Set(repeats.flat().flatMap(listLabels))].sort(); // each repeat asks every clip
  const answers = repeats.map((clips) => ({
    labels: clips.map((clip) => indexLabels(clip, labels)),
    logits: Float32Array.from(clips.flatMap(({ logits }) => logits)),
  }));
  const { labelling = "one" } = first.config.job;
  return measureRepeats(answers, { classes: labels.length, labelling });
}
