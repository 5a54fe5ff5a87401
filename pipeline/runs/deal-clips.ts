import { at } from "../../common/at.ts";
import { createRandom } from "../../common/random.ts";
import { UserError } from "../../common/user-error.ts";
import { type Clip, type Dataset, indexLabels, listLabels } from "../../datasets/dataset.ts";
import { listFolds } from "../../datasets/folds/list-folds.ts";
import { dealFolds, type GroupedLabels } from "../../heads/deal-folds.ts";

/** With fewer clips one split says little: a cross-validation is repeated, each time with other folds. */
export const smallSetClips = 100;

const dealtFolds = 5;
const maxDeals = 20;

export interface LabelledClips {
  readonly labels: readonly string[];
  readonly clips: readonly Clip[];
}

/**
 * Deals clips into up to five folds, all of a recording into one. Where recordings have several classes, a deal can
 * leave a class with nothing to train on: then another one is made.
 * @param repeat another number is another deal @returns the fold of each clip, from 1
 * @throws UserError where no deal leaves every class to train on
 */
export function dealClips({ labels, clips }: LabelledClips, repeat: number): number[] {
  const random = createRandom(repeat, "outer folds");
  const grouped = groupLabels({ labels, clips });
  for (let trial = 0; trial < maxDeals; trial++) {
    const folds = dealFolds(grouped, dealtFolds, random).map((fold) => fold + 1);
    const dealt = clips.map((clip, place) => ({ ...clip, fold: at(folds, place) }));
    if (listFolds(dealt).every((fold) => listUntrained({ labels, clips: dealt }, fold).length === 0))
      return folds;
  }
  throw new UserError(
    "folds: expected to deal recordings so that every class is left to train on, found no way: too many recordings " +
      "hold several classes; --protocol final trains without a score",
  );
}

/** The classes of each clip and its recording, as folds are dealt and heads are trained. */
export function groupLabels({ labels, clips }: LabelledClips) {
  return {
    labels: clips.map((clip) => indexLabels(clip, labels)),
    groups: clips.map(({ source }) => source),
    classes: labels.length,
  } satisfies GroupedLabels;
}

/** A data set in dealt folds; background keeps its fold as far as there is one of that number. */
export function dealDataset(dataset: Dataset, repeat: number): Dataset {
  const folds = dealClips(dataset, repeat);
  const count = Math.max(...folds);
  return {
    ...dataset,
    clips: dataset.clips.map((clip, place) => ({ ...clip, fold: at(folds, place) })),
    background: dataset.background.map((clip) => ({ ...clip, fold: Math.min(clip.fold, count) })),
  };
}

/** @throws UserError naming each class that has a single recording: it could not be tested */
export function checkRecordings({ labels, clips }: LabelledClips): void {
  const alone = labels.filter(
    (label) =>
      new Set(clips.filter((clip) => listLabels(clip).includes(label)).map(({ source }) => source)).size < 2,
  );
  if (alone.length === 0) return;
  throw new UserError(
    `classes: expected at least 2 recordings of each, one to train and one to test, got 1 of ${shorten(alone)}; ` +
      "add a recording of each, or leave the class out",
  );
}

/** Classes that could not be learned while this fold is tested. */
export function listUntrained({ labels, clips }: LabelledClips, fold: number): string[] {
  const trained = new Set(clips.filter((clip) => clip.fold !== fold).flatMap(listLabels));
  return labels.filter((label) => !trained.has(label));
}

/** Names of classes for a message. */
export function shorten(labels: readonly string[]): string {
  const more = labels.length > 5 ? ` and ${labels.length - 5} more` : "";
  return labels.slice(0, 5).join(", ") + more;
}
