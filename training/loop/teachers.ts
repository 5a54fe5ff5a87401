import { at } from "../../common/at.ts";
import * as tf from "@tensorflow/tfjs";
import type { Standardisation } from "../../features/input-transform.ts";
import { UserError } from "../../common/user-error.ts";
import type { Batch } from "../data/batch.ts";
import { readCheckpoint, type TrainedModel } from "../checkpoints/checkpoint.ts";
import { describeDifferences } from "../../run-files/describe-differences.ts";
import { compileStep } from "../engine.ts";
import type { TrainingJob } from "../../run-files/job.ts";
import { getTask } from "../task.ts";
import { applyModel } from "../scoring/predict-logits.ts";

/** Trained networks whose answers become targets. */
export interface Teachers {
  /**
   * The batch with targets (1 - fraction) target + fraction (mean of the teachers' probabilities on the same, augmented
   * input).
   */
  soften(batch: Batch): Promise<Batch>;
  dispose(): void;
}

/**
 * Loads the networks that a job learns from (Hinton et al. 2015; an ensemble as in Buciluă et al. 2006).
 * @throws UserError listing teachers with other features than the job's
 */
export async function loadTeachers(
  { distillation, features, network, folds, labelling }: TrainingJob,
  standardisation: Standardisation,
  trainedFolders: Readonly<Record<string, string>> = {},
): Promise<Teachers | null> {
  if (distillation === null) return null;
  const { teachers: folders, fraction } = distillation;
  const trained = await Promise.all(
    folders.map((folder) => readCheckpoint(trainedFolders[folder] ?? folder)),
  );
  const problems = trained.flatMap((teacher, index) =>
    describeMismatch(teacher, {
      features,
      standardisation,
      classes: network.classes,
      testFolds: folds.test,
      labelling,
    }).map((problem) => `${at(folders, index)}: ${problem}`),
  );
  if (problems.length > 0) throw new UserError(problems.join("\n"));
  const { activate } = getTask({ labelling });
  const answer = compileStep((input: tf.Tensor) => {
    const answers = trained.map(({ model }) => activate(applyModel(model, input, false)));
    return [tf.addN(answers).div(answers.length)];
  });
  return {
    soften: async (batch) => {
      const [mean] = tf.tidy(() => answer(tf.tensor3d(batch.values, [...batch.shape])));
      if (mean === undefined) throw new Error("the teachers gave no answer");
      const soft = await mean.data<"float32">();
      mean.dispose();
      const targets = batch.targets.map(
        (target, index) => (1 - fraction) * target + fraction * at(soft, index),
      );
      return { ...batch, targets };
    },
    dispose: () => {
      for (const { model } of trained) model.dispose();
    },
  };
}

interface NetworkInput {
  readonly features: TrainingJob["features"];
  readonly standardisation: Standardisation;
  readonly classes: number;
  readonly testFolds: readonly number[];
  readonly labelling: TrainingJob["labelling"];
}

/** A teacher needs the student's input, and must not be trained on clips that the student is tested on. */
function describeMismatch(teacher: TrainedModel, { standardisation, ...student }: NetworkInput): string[] {
  const { features, labels, job } = teacher;
  const differences = describeDifferences(
    { features, classes: labels.length, testFolds: job.folds.test, labelling: job.labelling },
    student,
  );
  const isSameInput = [teacher.standardisation, standardisation]
    .map(({ mean, deviation }) => [...mean, ...deviation].join())
    .every((text, _, [first]) => text === first);
  return isSameInput
    ? differences
    : [...differences, "expected the same training clips, got other statistics"];
}
