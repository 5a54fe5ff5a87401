import * as tf from "@tensorflow/tfjs";
import { UserError } from "../../common/user-error.ts";
import type { TrainingJob } from "../../run-files/job.ts";
import { readCheckpoint, type TrainedModel } from "../checkpoints/checkpoint.ts";
import { listStoredWeights, type TrainingState } from "./training-state.ts";

/** What is to be trained. */
interface NextJob {
  readonly folds: TrainingJob["folds"];
  /** Of the clips and classes. */
  readonly dataHash: string;
}

interface WarmStart {
  /** Weights that were taken. */
  readonly taken: number;
  /** Where it cannot be known which clips the network was trained on. */
  readonly warning: string | null;
}

/**
 * Takes every weight of the same name and shape from a trained job's network, statistics included: a Transformer takes
 * a CNN's trunk.
 * @param folder of the trained job
 * @throws UserError when there is no such job, nothing fits, or it was trained on clips that are to validate or test
 */
export async function warmStart(
  { stored, averaged }: TrainingState,
  folder: string,
  next: NextJob,
): Promise<WarmStart> {
  const trained = await readCheckpoint(folder);
  const { model } = trained;
  try {
    const warning = checkFolds(trained, folder, next);
    const sources = listStoredWeights(model);
    let taken = 0;
    for (const [name, weight] of stored) {
      const source = sources.get(name);
      if (source?.shape.join() !== weight.shape.join()) continue;
      assignCopy(weight, source);
      const mean = averaged?.stored.get(name);
      if (mean !== undefined) assignCopy(mean, source);
      taken++;
    }
    if (taken === 0)
      throw new UserError(
        `--warm-start ${folder}: expected weights that fit this network, got none of the same name and shape`,
      );
    return { taken, warning };
  } finally {
    model.dispose();
  }
}

/** @returns a warning where it cannot be known which clips the network was trained on */
function checkFolds(
  { job, dataHash: trainedHash }: TrainedModel,
  folder: string,
  { folds, dataHash }: NextJob,
): string | null {
  if (trainedHash !== dataHash)
    return (
      `--warm-start ${folder}: trained on another data set or other folds: where clips of the two are the same, ` +
      "the accuracy of this run is too high"
    );
  const { test, validation } = job.folds;
  const seen = {
    trained: [...folds.test, ...folds.validation].filter(
      (fold) => !test.includes(fold) && !validation.includes(fold),
    ),
    chosen: folds.test.filter((fold) => validation.includes(fold)),
  };
  const problems = [
    ...(seen.trained.length > 0 ? [`trained on fold ${seen.trained.join(", ")}`] : []),
    ...(seen.chosen.length > 0 ? [`chosen by fold ${seen.chosen.join(", ")}`] : []),
  ];
  if (problems.length > 0)
    throw new UserError(
      `--warm-start ${folder}: expected a network that has not seen the clips which validate or test this run, ` +
        `got one that was ${problems.join(" and ")}; take a run with the same --test-fold and --validation-fold`,
    );
  return null;
}

/** Values of its own: a compiled step must know which variable is which. */
function assignCopy(target: tf.Variable, source: tf.Variable): void {
  tf.tidy(() => {
    target.assign(source.mul(1));
  });
}
