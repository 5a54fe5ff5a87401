import { at } from "../../common/at.ts";
import { createRandom } from "../../common/random.ts";
import { UserError } from "../../common/user-error.ts";
import { dealFolds } from "../../heads/deal-folds.ts";
import { scoreRows } from "../../heads/linear-head.ts";
import { normaliseRows, takeRows } from "../../heads/matrix.ts";
import { type HeadOptions, trainHead, type TrainingClips } from "../../heads/train-head.ts";
import type { EmbeddedClips } from "./embed-clips.ts";

/** Answers for every clip by heads that did not train on it. */
export interface HeadScore {
  readonly name: string;
  /** Fold of each clip, from 1. */
  readonly folds: readonly number[];
  /** Row-major [clips, classes], in the clips' order. */
  readonly logits: Float32Array;
}

/** With fewer clips, one cross-validation says little: it is repeated with other folds. */
export const smallSetClips = 100;
const repeats = 10;
const repeatedFolds = 5;

/**
 * Scores every clip by a head that did not train on it: the data's own folds in turn, or for a small set ten times
 * with folds dealt anew, the clips of a recording always together.
 */
export function scoreHeads(embedded: EmbeddedClips, options: HeadOptions = {}): HeadScore[] {
  const clips = toTrainingClips(embedded);
  if (embedded.clips.length >= smallSetClips) {
    const folds = embedded.clips.map(({ fold }) => fold);
    return [{ name: "rotation", folds, logits: scoreByFold(clips, folds, options) }];
  }
  return Array.from({ length: repeats }, (_, repeat) => {
    const folds = dealFolds(clips, repeatedFolds, createRandom(repeat, "outer folds")).map(
      (fold) => fold + 1,
    );
    return { name: `repeat-${repeat + 1}`, folds, logits: scoreByFold(clips, folds, options) };
  });
}

export function toTrainingClips({ labels, clips, rows }: EmbeddedClips): TrainingClips {
  return {
    rows,
    labels: clips.map(({ label }) => labels.indexOf(label)),
    groups: clips.map(({ source }) => source),
    classes: labels.length,
  };
}

/** @throws UserError naming each class that has a single recording: it could not be tested */
export function checkRecordings({ labels, clips }: Pick<EmbeddedClips, "labels" | "clips">): void {
  const alone = labels.filter(
    (label) => new Set(clips.filter((clip) => clip.label === label).map(({ source }) => source)).size < 2,
  );
  if (alone.length === 0) return;
  const shown = alone.slice(0, 5).join(", ");
  const more = alone.length > 5 ? ` and ${alone.length - 5} more` : "";
  throw new UserError(
    `classes: expected at least 2 recordings of each, one to train and one to test, got 1 of ${shown}${more}; ` +
      "add a recording of each, or leave the class out",
  );
}

function scoreByFold(clips: TrainingClips, folds: readonly number[], options: HeadOptions): Float32Array {
  const { rows, labels, groups, classes } = clips;
  const logits = new Float32Array(rows.rows * classes);
  for (const fold of new Set(folds)) {
    const trained = [...folds.keys()].filter((index) => folds[index] !== fold);
    const tested = [...folds.keys()].filter((index) => folds[index] === fold);
    const { head } = trainHead(
      {
        rows: takeRows(rows, trained),
        labels: trained.map((index) => at(labels, index)),
        groups: trained.map((index) => at(groups, index)),
        classes,
      },
      options,
    );
    const scores = scoreRows(head, normaliseRows(takeRows(rows, tested)));
    for (const [position, index] of tested.entries()) {
      const own = scores.values.subarray(position * classes, (position + 1) * classes);
      logits.set(own, index * classes);
    }
  }
  return logits;
}
