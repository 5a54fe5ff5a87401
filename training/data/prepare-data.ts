import { at } from "../../common/at.ts";
import type { FeatureSet } from "../../datasets/feature-set.ts";
import type { Standardisation } from "../../features/input-transform.ts";
import type { LogMel } from "../../features/log-mel.ts";
import { countColumns } from "../../features/meyda/scalar-features.ts";
import { UserError } from "../../common/user-error.ts";
import type { Background } from "./augment/draw-negative.ts";
import { findPass } from "./augment/find-pass.ts";
import type { ClipPower, MelPower } from "./augment/mel-power.ts";
import type { TrainingJob } from "../../run-files/job.ts";
import { labelExamples, readClips, readNormalised, type Example } from "./read-examples.ts";
import { splitClips, type Split } from "./split-clips.ts";
import { createLessons, type ClipEmbeddings, type Lesson } from "./backbone-lessons.ts";
import { computeStandardisation } from "./standardisation.ts";

/** The same clips played at other speeds: speed to features. Speed 1 is the feature set itself. */
export type SpeedVariants = ReadonlyMap<number, FeatureSet>;

/** Log-mel of sounds of no class, of any length from one frame on. */
export interface BackgroundFeatures {
  /** Names what they are made of: a run goes on only with the same. */
  readonly id: string;
  /** Recordings that may lie under sounds of the classes. */
  readonly beds: readonly LogMel[];
  /** Recordings that no class names, the beds among them. */
  readonly negatives: readonly LogMel[];
  readonly generated: readonly LogMel[];
}

export const noBackgroundFeatures: BackgroundFeatures = { id: "", beds: [], negatives: [], generated: [] };

/** A training clip: ready for the network, and as power at each speed for augmentation (none without it). */
export interface TrainingExample extends Example {
  readonly speeds: readonly ClipPower[];
  /** What the teaching backbone says of the clip; null without one. */
  readonly lesson: Lesson | null;
}

/** A job's clips as they enter the network; the statistics come from the training folds alone. */
export interface PreparedData {
  readonly labels: readonly string[];
  readonly split: Split;
  readonly standardisation: Standardisation;
  readonly train: readonly TrainingExample[];
  readonly background: Background;
  readonly validation: readonly Example[];
}

/** Reads all clips of a job. @throws UserError listing what does not fit between job and data */
export async function prepareData(
  job: TrainingJob,
  featureSet: FeatureSet,
  variants: SpeedVariants,
  background: BackgroundFeatures = noBackgroundFeatures,
  embeddings: ClipEmbeddings = new Map(),
): Promise<PreparedData> {
  const split = splitClips(featureSet, job.folds);
  checkSizes(job, featureSet, split.train.length);
  const train = await readNormalised(featureSet, split.train, job.features);
  const standardisation = computeStandardisation(train);
  const validation = await readNormalised(featureSet, split.validation, job.features);
  const examples = labelExamples(featureSet, split.train, train, standardisation);
  const speeds = await readSpeeds(job, featureSet, variants, split.train);
  const lessons = job.teacherBackbone === null ? null : teach(featureSet, split.train, examples, embeddings);
  return {
    labels: featureSet.labels,
    split,
    standardisation,
    train: examples.map((example, position) => ({
      ...example,
      speeds: job.augmentation === null ? [] : at(speeds, position),
      lesson: lessons?.get(example.clip) ?? null,
    })),
    background: {
      beds: background.beds.map(toPower),
      negatives: background.negatives.map(toPower),
      generated: background.generated.map(toPower),
    },
    validation: labelExamples(featureSet, split.validation, validation, standardisation),
  };
}

function teach(
  { clips, labels }: FeatureSet,
  indices: readonly number[],
  examples: readonly Example[],
  embeddings: ClipEmbeddings,
): ReadonlyMap<string, Lesson> {
  const taught = examples.map(({ clip, labels }, position) => {
    const { source } = at(clips, at(indices, position));
    return { clip, label: at(labels, 0), source };
  });
  return createLessons(taught, embeddings, labels.length);
}

/** Mel power of each clip at each of the job's speeds; nothing without augmentation. */
async function readSpeeds(
  { augmentation }: TrainingJob,
  featureSet: FeatureSet,
  variants: SpeedVariants,
  indices: readonly number[],
): Promise<ClipPower[][]> {
  if (augmentation === null) return [];
  const sets = new Map([[1, featureSet], ...variants]);
  const missing = augmentation.speeds.filter((speed) => !sets.has(speed));
  if (missing.length > 0)
    throw new UserError(
      `job.augmentation.speeds: expected speeds with features (${[...sets.keys()].join(", ")}), got ${missing.join(", ")}`,
    );
  const clips: ClipPower[][] = indices.map(() => []);
  for (const speed of augmentation.speeds) {
    const read = await readClips(sets.get(speed) ?? featureSet, indices);
    read.forEach((clip, position) => clips[position]?.push(findPass(toPower(clip))));
  }
  return clips;
}

function toPower({ values, frames, bands }: LogMel): MelPower {
  return { power: values.map(Math.expm1), frames, bands };
}

function checkSizes(job: TrainingJob, { labels }: FeatureSet, clips: number): void {
  const { network, features, batchSize, augmentation } = job;
  const columns = countColumns(features);
  const problems: string[] = [];
  if (network.classes !== labels.length)
    problems.push(
      `job.network.classes: expected ${labels.length}, the classes of the data, got ${network.classes}`,
    );
  if (network.bands !== columns)
    problems.push(
      `job.network.bands: expected ${columns}, the columns of the features, got ${network.bands}`,
    );
  if (batchSize !== null && batchSize > clips)
    problems.push(
      `--batch-size, job.batchSize: expected at most ${clips}, the training clips, got ${batchSize}`,
    );
  if (augmentation !== null && columns !== features.melBands)
    problems.push(
      "job.augmentation: expected mel bands alone, for it works on their power, got scalar features too (recipe report has none)",
    );
  if (problems.length > 0) throw new UserError(problems.join("\n"));
}
