import type { ParityResult } from "../../features/model-metadata.ts";
import type { CalibrationFile } from "../../run-files/calibration.ts";
import type { EpochMetrics } from "../../run-files/epoch-metrics.ts";
import type { FieldRun } from "../../run-files/field-file.ts";
import type { JobResult } from "../../run-files/job-result.ts";
import type { Ablation } from "../../run-files/list-results.ts";
import type { LayerDifference } from "../../run-files/parity-file.ts";
import type { Prediction, Split } from "../../run-files/prediction.ts";
import type { ListedClip } from "../../run-files/stage-files.ts";

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

/** Of the one job of a run that holds no others. */
export const ownJobName = "job";

export interface JobRun {
  readonly name: string;
  readonly settings: JobSettings;
  readonly epochs: readonly EpochMetrics[];
  readonly predictions: readonly Prediction[];
  /** 1-based epoch whose weights the job stands for. */
  readonly selectedEpoch: number | null;
  /** What a finished job measured itself; it stands in where predictions are missing. */
  readonly kept: Readonly<Record<Split, JobResult[Split]>>;
}

export interface DataFacts {
  readonly name: string;
  readonly layout: string | null;
  /** Class names in the order of the logits. */
  readonly labels: readonly string[];
  /** Folder of the clips: a clip's id is its path from there. */
  readonly root: string | null;
  /** Every clip, scored or not; empty when the run did not keep the list. */
  readonly clips: readonly ListedClip[];
  readonly warnings: readonly string[];
  /** Clips that could not be used and were left out, not among `clips`. */
  readonly skipped: readonly { readonly id: string; readonly reason: string }[];
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
  /** Temperature and thresholds of the exported model. */
  readonly calibration: CalibrationFile | null;
  /** What the field benchmark found with the networks of this rotation. */
  readonly field: FieldRun | null;
  readonly layerDifferences: readonly LayerDifference[];
  readonly ablation: Ablation;
  readonly stageSeconds: Readonly<Record<string, number>>;
  /** Facts about the machine and the programs, by dotted name. */
  readonly environment: ReadonlyMap<string, string | number | boolean>;
  /** Commands that make the run again. */
  readonly commands: readonly string[];
  /** What is missing or cannot be read, each a sentence. */
  readonly problems: readonly string[];
}
