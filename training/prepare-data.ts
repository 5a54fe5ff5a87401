import type { FeatureSet } from "../datasets/feature-set.ts";
import type { Standardisation } from "../features/input-transform.ts";
import { UserError } from "../features/user-error.ts";
import type { TrainingJob } from "./job.ts";
import { labelExamples, readNormalised, type Example } from "./read-examples.ts";
import { splitClips } from "./split-clips.ts";
import { computeStandardisation } from "./standardisation.ts";

/** A job's clips as they enter the network; the statistics come from the training folds alone. */
export interface PreparedData {
  readonly labels: readonly string[];
  readonly standardisation: Standardisation;
  readonly train: readonly Example[];
  readonly validation: readonly Example[];
  readonly test: readonly Example[];
}

/** Reads all clips of a job. @throws UserError listing what does not fit between job and data */
export async function prepareData(job: TrainingJob, featureSet: FeatureSet): Promise<PreparedData> {
  const split = splitClips(featureSet, job.folds);
  checkSizes(job, featureSet, split.train.length);
  const read = (indices: readonly number[]): ReturnType<typeof readNormalised> =>
    readNormalised(featureSet, indices, job.features);
  const train = await read(split.train);
  const standardisation = computeStandardisation(train);
  const label = async (indices: readonly number[]): Promise<Example[]> =>
    labelExamples(featureSet, indices, await read(indices), standardisation);
  return {
    labels: featureSet.labels,
    standardisation,
    train: labelExamples(featureSet, split.train, train, standardisation),
    validation: await label(split.validation),
    test: await label(split.test),
  };
}

function checkSizes(
  { network, features, batchSize }: TrainingJob,
  { labels }: FeatureSet,
  clips: number,
): void {
  const problems: string[] = [];
  if (network.classes !== labels.length)
    problems.push(
      `network.classes: expected ${labels.length}, the classes of the data, got ${network.classes}`,
    );
  if (network.bands !== features.melBands)
    problems.push(
      `network.bands: expected ${features.melBands}, the features' melBands, got ${network.bands}`,
    );
  if (batchSize > clips)
    problems.push(`batchSize: expected at most ${clips}, the training clips, got ${batchSize}`);
  if (problems.length > 0) throw new UserError(problems.join("\n"));
}
