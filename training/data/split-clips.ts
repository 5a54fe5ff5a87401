import { listLabels, type Clip } from "../../datasets/dataset.ts";
import { at } from "../../common/at.ts";
import { listFolds } from "../../datasets/folds/list-folds.ts";
import { UserError } from "../../common/user-error.ts";
import type { TrainingJob } from "../../run-files/job.ts";

/** Positions in a feature set's `clips`. */
export interface Split {
  readonly train: readonly number[];
  readonly validation: readonly number[];
  readonly test: readonly number[];
}

interface LabelledClips {
  readonly labels: readonly string[];
  readonly clips: readonly Clip[];
}

/**
 * Deals the clips to their parts by fold; folds that neither test nor validate train.
 * @throws UserError listing every fold without clips, and classes that no training clip shows
 */
export function splitClips({ labels, clips }: LabelledClips, folds: TrainingJob["folds"]): Split {
  const excluded = new Set(folds.excludedSources);
  const select = (belongs: (fold: number) => boolean): number[] =>
    [...clips.keys()].filter((index) => {
      const clip = clips[index];
      return clip !== undefined && !excluded.has(clip.source) && belongs(clip.fold);
    });
  const split = {
    train: select((fold) => !folds.test.includes(fold) && !folds.validation.includes(fold)),
    validation: select((fold) => folds.validation.includes(fold)),
    test: select((fold) => folds.test.includes(fold)),
  };
  const problems = [...findEmptyFolds(clips, folds), ...findMissingClasses(labels, clips, split.train)];
  if (problems.length > 0) throw new UserError(problems.join("\n"));
  return split;
}

function findEmptyFolds(clips: readonly Clip[], folds: TrainingJob["folds"]): string[] {
  const present = listFolds(clips);
  const missing = (role: "test" | "validation", list: readonly number[]): string[] =>
    list
      .filter((fold) => !present.includes(fold))
      .map(
        (fold) =>
          `--${role}-fold, job.folds.${role}: expected a fold with clips (${present.join(", ")}), got ${fold}`,
      );
  return [...missing("test", folds.test), ...missing("validation", folds.validation)];
}

function findMissingClasses(
  labels: readonly string[],
  clips: readonly Clip[],
  train: readonly number[],
): string[] {
  if (train.length === 0) return ["training folds: expected clips, got none: every fold tests or validates"];
  if (labels.length < 2) return [`classes: expected at least two, got ${labels.join(", ") || "none"}`];
  const shown = new Set(train.flatMap((index) => listLabels(at(clips, index))));
  const missing = labels.filter((label) => !shown.has(label));
  return missing.length === 0
    ? []
    : [`training folds: expected clips of every class, got none of ${missing.join(", ")}`];
}
