import { type AssignedFolds, assignFolds } from "./assign-folds.ts";
import type { FoundClip } from "../readers/reader.ts";
import { atKey } from "../../common/at.ts";

/** Folds that an official split becomes: the protocol `holdout` tests with the first and validates with the second. */
const splitFolds = { test: 1, validation: 2, train: 3 } as const;

/**
 * Folds of a data set that comes with a split: fold 1 is its test part, fold 2 its validation part, the others train.
 * A missing validation part is taken from the training part, by recording. A split of two parts without a test part is
 * tested with its validation part.
 */
export function assignSplitFolds(clips: readonly FoundClip[], folds: number): AssignedFolds {
  const parts = new Set(clips.map(({ split }) => split ?? "train"));
  const tested = parts.has("test") ? "test" : "validation";
  const heldOut = clips.filter(({ split }) => split === tested);
  const others = clips.filter(({ split }) => split !== tested);
  if (heldOut.length === 0 || others.length === 0) {
    const [only] = parts;
    return {
      ...assignFolds(clips, folds),
      warnings: [`only the part ${only ?? "train"} of a split was found: folds are made of it`],
    };
  }
  const test = heldOut.map((clip) => ({ ...clip, fold: splitFolds.test }));
  if (tested === "test" && parts.has("validation")) {
    const rest = others.map((clip) => ({ ...clip, fold: splitFolds[clip.split ?? "train"] }));
    return {
      clips: restoreOrder(clips, [...test, ...rest]),
      problems: [],
      warnings: ["the official split: fold 1 is its test part, fold 2 its validation part, fold 3 trains"],
    };
  }
  const assigned = assignFolds(others, Math.max(2, folds - 1), 2);
  const rest = assigned.clips.map((clip) => ({ ...clip, fold: (clip.fold ?? 1) + 1 }));
  return {
    clips: restoreOrder(clips, [...test, ...rest]),
    problems: assigned.problems,
    warnings: [
      `the official split: fold 1 is its ${tested} part; validation is taken from its training part`,
    ],
  };
}

function restoreOrder(before: readonly FoundClip[], after: readonly FoundClip[]): FoundClip[] {
  const places = new Map(before.map(({ id }, place) => [id, place]));
  return [...after].sort((a, b) => atKey(places, a.id) - atKey(places, b.id));
}
