import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { createRandom } from "../../common/random.ts";

export interface SyntheticRun {
  readonly labels?: readonly string[];
  readonly folds?: number;
  readonly clipsPerFold?: number;
  readonly jobs?: readonly SyntheticJob[];
  readonly seed?: number;
  /** How far the right class's logit lies above the others. */
  readonly skill?: number;
  readonly protocol?: string;
  /** Files to leave out, as a run that failed half-way would. */
  readonly without?: readonly string[];
  /** Folder of audio that `data.json` points to. */
  readonly audioFolder?: string;
}

export interface SyntheticJob {
  readonly architecture?: "cnn" | "cnn-transformer";
  readonly heads?: number;
  readonly test: readonly number[];
  readonly validation?: readonly number[];
  readonly seed?: number;
  readonly epochs?: number;
  readonly weightDecay?: number;
  readonly weightInit?: string;
  /** Folder of the trained job that it starts from. */
  readonly warmStart?: string;
}

export const esc10Labels = [
  "001 - Dog bark",
  "002 - Rain",
  "003 - Sea waves",
  "004 - Baby cry",
  "005 - Clock tick",
  "006 - Person sneeze",
  "007 - Helicopter",
  "008 - Chainsaw",
  "009 - Rooster",
  "010 - Fire crackling",
] as const;

/** Writes a run's folder as the stages would: plausible numbers, nothing trained. */
export async function writeSyntheticRun(folder: string, options: SyntheticRun = {}): Promise<void> {
  const { labels = esc10Labels, seed = 0, protocol, without = [] } = options;
  const jobs = options.jobs ?? [{ test: [1], validation: [2] }];
  const clips = listClips(options);
  const write = async (name: string, content: unknown): Promise<void> => {
    if (without.includes(path.basename(name))) return;
    const file = path.join(folder, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, typeof content === "string" ? content : JSON.stringify(content, null, 2));
  };
  await mkdir(folder, { recursive: true });
  await write("config.json", {
    data: "/data/ESC-10",
    extractor: "graph",
    protocol,
    job: describeJob(jobs[0]),
  });
  await write("data.json", {
    name: "ESC-10",
    layout: "ESC-10 folders",
    root: "/data",
    labels,
    folds: new Set(clips.map(({ fold }) => fold)).size,
    clips,
    warnings: [],
  });
  await write("environment.json", { node: "v20.20.2", processor: "Zen 5", cores: 2 });
  await write("parity.json", {
    graphHash: "",
    results: [
      makeParity("onnxruntime-node cpu", 4.8e-6, 1.42),
      makeParity("onnxruntime-web wasm", 7.1e-6, 6.9),
      makeParity("onnxruntime-web webgpu", 2.3e-5),
    ],
  });
  await write("stages.json", { data: 0.4, features: 3.1, train: 182, export: 1.2, parity: 2.8 });
  await write("summary.json", {
    model: { file: "model.onnx", bytes: 3_640_210, parameters: 641_034 },
    engine: "tfjs-node",
    commands: ["npm start -- --data ESC-10", "npm run report -- --run esc10"],
  });
  for (const [index, job] of jobs.entries()) {
    const at = jobs.length === 1 ? "" : `jobs/${nameJob(job)}/`;
    const random = createRandom(seed + index, "synthetic-run");
    if (jobs.length > 1) await write(`${at}config.json`, { data: "ESC-10", job: describeJob(job) });
    await write(`${at}metrics.jsonl`, toLines(makeEpochs(job.epochs ?? 100, random.normal)));
    await write(`${at}predictions.jsonl`, toLines(makePredictions({ job, clips, labels, random, options })));
  }
}

export function nameJob(job: SyntheticJob): string {
  const { architecture = "cnn", heads, test, validation = [], seed = 0, weightDecay, weightInit } = job;
  const sweep = weightDecay === undefined ? "" : `-decay${weightDecay}-${weightInit ?? ""}`;
  return `${architecture}${heads ?? ""}-test${test.join("")}-validate${validation.join("")}-seed${seed}${sweep}`;
}

function describeJob(job: SyntheticJob | undefined): object {
  const { architecture = "cnn", heads, test = [], validation = [], seed = 0, epochs = 100 } = job ?? {};
  return {
    network: {
      architecture,
      ...(heads !== undefined && { heads }),
      weightInit: job?.weightInit ?? "he-normal",
    },
    folds: { test, validation },
    seed,
    epochs,
    batchSize: 32,
    ...(job?.warmStart !== undefined && { warmStart: job.warmStart }),
    optimiser: { name: "adam", learningRate: 0.001, weightDecay: job?.weightDecay ?? 0 },
  };
}

interface SyntheticClip {
  readonly id: string;
  readonly path: string;
  readonly label: string;
  readonly fold: number;
  readonly source: string;
}

function listClips({
  labels = esc10Labels,
  folds = 5,
  clipsPerFold = 8,
  audioFolder,
}: SyntheticRun): SyntheticClip[] {
  return labels.flatMap((label, index) =>
    Array.from({ length: folds * clipsPerFold }, (_, clip) => {
      const fold = (clip % folds) + 1;
      const source = `${fold}-${1000 * index + Math.floor(clip / (2 * folds))}`;
      const id = `${label}/${source}-${clip}.wav`;
      return { id, path: path.join(audioFolder ?? "/data", `${index % 4}.wav`), label, fold, source };
    }),
  );
}

interface PredictionSource {
  readonly job: SyntheticJob;
  readonly clips: readonly SyntheticClip[];
  readonly labels: readonly string[];
  readonly random: { readonly normal: () => number };
  readonly options: SyntheticRun;
}

function makePredictions({ job, clips, labels, random, options: { skill = 3 } }: PredictionSource): object[] {
  const scored = clips.flatMap((clip) => {
    if (job.test.includes(clip.fold)) return [{ ...clip, split: "test" }];
    return (job.validation ?? []).includes(clip.fold) ? [{ ...clip, split: "validation" }] : [];
  });
  return scored.map(({ id, source, fold, label, split }) => {
    const truth = labels.indexOf(label);
    const logits = labels.map((_, index) => {
      const near = Math.abs(index - truth) === 1 ? 1.2 : 0;
      return 1.6 * random.normal() + (index === truth ? skill : near);
    });
    return { split, id, source, fold, label, logits };
  });
}

function makeEpochs(epochs: number, normal: () => number): object[] {
  return Array.from({ length: epochs }, (_, index) => {
    const done = (index + 1) / epochs;
    const trainLoss = 2.3 * Math.exp(-5 * done) + 0.02 * Math.abs(normal());
    const validationLoss = 1 + 1.4 * Math.exp(-7 * done) + 0.3 * done + 0.06 * Math.abs(normal());
    return {
      epoch: index + 1,
      learningRate: 0.001,
      trainLoss,
      trainAccuracy: Math.min(1, 1 - 0.85 * Math.exp(-6 * done) + 0.01 * normal()),
      validationLoss,
      validationAccuracy: Math.min(1, 0.7 - 0.55 * Math.exp(-7 * done) + 0.025 * normal()),
      seconds: 1.8,
      examplesPerSecond: 430 + 20 * normal(),
    };
  });
}

function makeParity(target: string, difference: number, meanMs?: number): object {
  return {
    target,
    inputs: 86,
    maxAbsoluteDifference: difference,
    maxRelativeDifference: difference / 9,
    topClassAgreement: 1,
    tolerance: 1e-4,
    passed: difference <= 1e-4,
    ...(meanMs !== undefined && { meanMs }),
  };
}

function toLines(rows: readonly object[]): string {
  return rows.map((row) => `${JSON.stringify(row)}\n`).join("");
}
