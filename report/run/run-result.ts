import type { ParityResult } from "../../features/model-metadata.ts";

/** One epoch of training; shares are 0 to 1, losses mean cross-entropy in nats. */
export interface EpochRow {
  readonly epoch: number;
  readonly trainLoss: number | null;
  readonly trainAccuracy: number | null;
  readonly validationLoss: number | null;
  readonly validationAccuracy: number | null;
  readonly seconds: number | null;
  readonly examplesPerSecond: number | null;
}

export type Split = "validation" | "test";

/** What the network said about one clip. */
export interface Prediction {
  readonly split: Split;
  readonly id: string;
  readonly source: string | null;
  readonly fold: number | null;
  readonly label: string;
  readonly logits: readonly number[];
}

/** What a job was asked to do, as far as its files say. */
export interface JobSettings {
  readonly architecture: string;
  readonly heads: number | null;
  readonly testFolds: readonly number[];
  readonly validationFolds: readonly number[];
  readonly seed: number | null;
  readonly epochs: number | null;
  /** Every setting by its dotted path, e.g. `optimiser.weightDecay`: what sweeps vary. */
  readonly all: ReadonlyMap<string, string | number | boolean>;
}

/** Numbers that a finished job kept of itself; they stand in where predictions are missing. */
export interface KeptEvaluation {
  readonly clips: number;
  readonly accuracy: number;
  readonly macroF1: number | null;
  readonly loss: number | null;
  readonly confusion: readonly (readonly number[])[];
}

export interface JobRun {
  readonly name: string;
  readonly settings: JobSettings;
  readonly epochs: readonly EpochRow[];
  readonly predictions: readonly Prediction[];
  /** 1-based epoch whose weights the job stands for. */
  readonly selectedEpoch: number | null;
  readonly kept: Readonly<Record<Split, KeptEvaluation | null>>;
}

export interface ClipFact {
  readonly id: string;
  readonly path: string | null;
  readonly label: string;
  readonly fold: number | null;
  readonly source: string | null;
}

export interface DataFacts {
  readonly name: string;
  readonly layout: string | null;
  /** Class names in the order of the logits. */
  readonly labels: readonly string[];
  /** Folder of the clips: a clip's id is its path from there. */
  readonly root: string | null;
  readonly clipCount: number | null;
  /** Every clip, scored or not; empty when the run did not keep the list. */
  readonly clips: readonly ClipFact[];
  readonly warnings: readonly string[];
  /** Clips that could not be used and were left out, not among `clips`. */
  readonly skipped: readonly { readonly id: string; readonly reason: string }[];
}

/** Time that one clip takes on one runtime. */
interface Speed {
  readonly target: string;
  readonly input: string | null;
  readonly millisecondsPerClip: number;
}

/** Accuracy (0 to 1) after one change to the recipe. */
interface AblationRow {
  readonly change: string;
  readonly accuracy: number;
  readonly deviation: number | null;
}

/** Largest difference of one layer's output between two runtimes. */
interface LayerDifference {
  readonly layer: string;
  readonly maxAbsoluteDifference: number;
}

export interface RunResult {
  readonly name: string;
  readonly folder: string;
  readonly protocol: string | null;
  readonly data: DataFacts;
  readonly jobs: readonly JobRun[];
  readonly engine: string | null;
  readonly parameters: number | null;
  readonly modelBytes: number | null;
  readonly parity: readonly ParityResult[];
  readonly layerDifferences: readonly LayerDifference[];
  readonly speeds: readonly Speed[];
  readonly ablation: readonly AblationRow[];
  readonly stageSeconds: Readonly<Record<string, number>>;
  /** Facts about the machine and the programs, by dotted name. */
  readonly environment: ReadonlyMap<string, string | number | boolean>;
  /** Commands that make the run again. */
  readonly commands: readonly string[];
  /** What is missing or cannot be read, each a sentence. */
  readonly problems: readonly string[];
}
