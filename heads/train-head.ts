import { at } from "../common/at.ts";
import { createRandom } from "../common/random.ts";
import { dealFolds, type GroupedLabels } from "./deal-folds.ts";
import { type LinearHead, scaleLogits, scoreRows } from "./linear-head.ts";
import { compressLabelled, fitPath, type LabelledRows, type PathOptions } from "./logistic-regression.ts";
import { type Matrix, normaliseRows, takeRows, viewRow } from "./matrix.ts";
import type { MinimiseOptions } from "./minimise.ts";
import { fitNearestCentroid } from "./nearest-centroid.ts";
import { fitNearestNeighbours } from "./nearest-neighbours.ts";
import { divideLogits, fitTemperature, measureCrossEntropy } from "./temperature.ts";

/** Pooled embeddings with the class and the recording of each. */
export interface TrainingClips extends LabelledRows {
  /** Recording of each row: those of one stay together when the choice of settings is tested. */
  readonly groups: readonly string[];
}

export interface HeadOptions {
  /** Default `logistic-regression`. */
  readonly kind?: HeadKind;
  /** Of the folds of the inner cross-validation. Default 0. */
  readonly seed?: number;
}

export const headKinds = ["logistic-regression", "nearest-centroid", "nearest-neighbours"] as const;

export type HeadKind = (typeof headKinds)[number];

export interface TrainedHead {
  /** For embeddings of length 1 (`normaliseRows`); the temperature is inside. */
  readonly head: LinearHead;
  readonly kind: HeadKind;
  /** C of the logistic regression; undefined for the others. */
  readonly strength: number | undefined;
  /** By which logits were divided; 1 where there were too few recordings to find it. */
  readonly temperature: number;
  /** Logits of every row by a head that did not train on it, temperature applied; undefined for too few recordings. */
  readonly unseenLogits: Matrix | undefined;
}

/**
 * What is tried of each kind: C, nothing, and how many neighbours of each class count. For rows of length 1, which need
 * no statistics of the training clips: with one to five clips a class, standardised columns cost 20 to 1 points
 * (docs/few-shot.md).
 */
export const settings: Readonly<Record<HeadKind, readonly number[]>> = {
  "logistic-regression": [10, 100, 1000],
  "nearest-centroid": [1],
  "nearest-neighbours": [1, 3, 5],
};
/** Where there is nothing to choose by. */
export const usualSettings: Readonly<Record<HeadKind, number>> = {
  "logistic-regression": 100,
  "nearest-centroid": 1,
  "nearest-neighbours": 1,
};
const innerFolds = 3;
/** More rows than this do not choose the strength better, only later. */
const maxChoosingRows = 1000;
/** Where heads of the cross-validation end. */
export const compared: MinimiseOptions = { valueTolerance: 1e-3 };
/**
 * Where those of many rows end, and the head itself, which starts at one of them. Of 2,000 clips in 50 classes the head
 * took 672 steps to the end of its fit; ended so, logits of clips not trained on have a tenth less cross-entropy.
 */
const ofManyRows: MinimiseOptions = { ...compared, maxIterations: 60 };

/**
 * Trains a head on pooled embeddings, which it scales to length 1. Its setting (of the logistic regression, the strength
 * of the regularisation) is the one with the least cross-entropy in an inner cross-validation by recording, whose logits
 * also give the temperature. The same rows, groups and seed give the same head to the bit.
 *
 *     const { head } = trainHead({ rows: stackRows(embeddings), labels, classes: 3, groups: recordings });
 *     scoreRows(head, normaliseRows(stackRows([embedding]))); // logits [1, 3]
 *
 * @throws RangeError for a class without rows
 */
export function trainHead(
  clips: TrainingClips,
  { kind = "logistic-regression", seed = 0 }: HeadOptions = {},
): TrainedHead {
  const { scarcest, compressed, expandHead } = prepareClips(clips);
  const fitAll = (setting: number, options: PathOptions = {}): LinearHead =>
    expandHead(at(fit(compressed, kind, [setting], options), 0));
  const readStrength = (setting: number) => (kind === "logistic-regression" ? setting : undefined);
  if (scarcest < 2) {
    const setting = usualSettings[kind];
    return {
      head: fitAll(setting),
      kind,
      strength: readStrength(setting),
      temperature: 1,
      unseenLogits: undefined,
    };
  }
  const { setting, unseen, start } = chooseSetting(compressed, kind, seed);
  const temperature = fitTemperature(unseen, clips.labels);
  return {
    head: scaleLogits(fitAll(setting, start && { ...ofManyRows, start }), temperature),
    kind,
    strength: readStrength(setting),
    temperature,
    unseenLogits: divideLogits(unseen, temperature),
  };
}

/** What heads of both kinds of labels begin with. */
type PreparedClips = GroupedLabels & Pick<TrainingClips, "rows" | "background">;

/**
 * Rows of length 1, in no more columns than there are rows.
 * @returns them, the recordings of the class that has fewest, and how a head of these columns becomes one of all
 * @throws RangeError for a class without rows
 */
export function prepareClips<Clips extends PreparedClips>(clips: Clips) {
  const scarcest = countScarcestGroups(clips);
  if (scarcest === 0) throw new RangeError("classes: expected clips of every class, got a class without");
  const { expand, ...reduced } = compressLabelled({
    rows: normaliseRows(clips.rows),
    ...(clips.background && { background: normaliseRows(clips.background) }),
  });
  const expandHead = ({ weights, ...rest }: LinearHead): LinearHead => ({
    weights: expand(weights),
    ...rest,
  });
  return { scarcest, compressed: { ...clips, ...reduced }, expandHead };
}

interface Choice {
  readonly setting: number;
  /** Logits of all rows by heads that did not train on them. */
  readonly unseen: Matrix;
  /** Of many rows, a head of most of them, which that of all is near to. */
  readonly start: LinearHead | undefined;
}

/** The setting with the least cross-entropy on rows not trained on. Of many rows, some choose it. */
function chooseSetting(clips: TrainingClips, kind: HeadKind, seed: number): Choice {
  const tried = settings[kind];
  const foldOf = dealInnerFolds(clips, seed);
  const isAll = clips.rows.rows <= maxChoosingRows;
  const places = isAll ? [...foldOf.keys()] : drawPlaces(clips.labels, foldOf, seed);
  const choosing = isAll ? clips : takeClips(clips, places);
  const choosingFolds = places.map((place) => at(foldOf, place));
  const { background, classes } = clips;
  const describe = (rows: Matrix, labels: readonly number[]): LabelledRows => ({
    rows,
    labels,
    classes,
    ...(background && { background }),
  });
  const { scored, heads } = scoreUnseen(choosing, choosingFolds, (rows, labels) =>
    fit(describe(rows, labels), kind, tried, compared),
  );
  const losses = scored.map((logits) =>
    measureCrossEntropy(logits, choosing.labels, fitTemperature(logits, choosing.labels)),
  );
  const best = losses.indexOf(Math.min(...losses));
  const setting = at(tried, best);
  if (isAll) return { setting, unseen: at(scored, best), start: undefined };
  // Each fold starts where it was when it helped to choose: neither head knows the fold.
  const all = scoreUnseen(clips, foldOf, (rows, labels, fold) =>
    fit(describe(rows, labels), kind, [setting], { ...ofManyRows, start: at(at(heads, fold), best) }),
  );
  return { setting, unseen: at(all.scored, 0), start: at(at(all.heads, 0), 0) };
}

/** The fold of each row in the cross-validation that chooses settings and gives the temperature. */
export function dealInnerFolds({ labels, groups, classes }: GroupedLabels, seed: number): number[] {
  return dealFolds({ labels, groups, classes }, innerFolds, createRandom(seed, "inner folds"));
}

interface UnseenScores {
  /** For each head of a fold, logits of every row by the one of the other folds, [rows, classes]. */
  readonly scored: Matrix[];
  /** By fold. */
  readonly heads: (readonly LinearHead[])[];
}

/** @param fit heads of the rows of the other folds, as many for each fold */
export function scoreUnseen<Label extends number | readonly number[]>(
  { rows, labels, classes }: Omit<TrainingClips, "labels" | "groups"> & { readonly labels: readonly Label[] },
  foldOf: readonly number[],
  fit: (rows: Matrix, labels: readonly Label[], fold: number) => readonly LinearHead[],
): UnseenScores {
  const scored: Float64Array[] = [];
  const folds = [...new Set(foldOf)].sort((one, other) => one - other);
  const heads = folds.map((fold) => {
    const tested = listPlaces(foldOf, (own) => own === fold);
    const trained = listPlaces(foldOf, (own) => own !== fold);
    const own = fit(
      takeRows(rows, trained),
      trained.map((row) => at(labels, row)),
      fold,
    );
    const testedRows = takeRows(rows, tested);
    for (const [index, head] of own.entries()) {
      const logits = scoreRows(head, testedRows);
      const values = (scored[index] ??= new Float64Array(rows.rows * classes));
      for (const [position, row] of tested.entries()) values.set(viewRow(logits, position), row * classes);
    }
    return own;
  });
  return { scored: scored.map((values) => ({ rows: rows.rows, columns: classes, values })), heads };
}

/** One head for each setting. */
function fit(
  data: LabelledRows,
  kind: HeadKind,
  tried: readonly number[],
  options: PathOptions,
): LinearHead[] {
  switch (kind) {
    case "logistic-regression":
      return fitPath(data, tried, options);
    case "nearest-centroid":
      return tried.map(() => fitNearestCentroid(data));
    case "nearest-neighbours":
      return tried.map((count) => fitNearestNeighbours(data, count));
  }
}

/** Recordings of the class that has fewest. */
function countScarcestGroups({ labels, groups, classes }: GroupedLabels): number {
  const groupsOfClass = Array.from({ length: classes }, () => new Set<string>());
  for (const [row, own] of labels.entries())
    for (const label of typeof own === "number" ? [own] : own) at(groupsOfClass, label).add(at(groups, row));
  return Math.min(...groupsOfClass.map(({ size }) => size));
}

/** Places of about equally many rows of each class: first of two folds of every class, then any. */
function drawPlaces(labels: readonly number[], foldOf: readonly number[], seed: number): number[] {
  const shuffled = createRandom(seed, "choosing rows").shuffle([...labels.keys()]);
  const taken = new Set<number>();
  const foldsOfClass = new Map<number, Set<number>>();
  for (const row of shuffled) {
    const known = foldsOfClass.get(at(labels, row)) ?? new Set<number>();
    foldsOfClass.set(at(labels, row), known);
    if (known.size < 2 && !known.has(at(foldOf, row))) {
      known.add(at(foldOf, row));
      taken.add(row);
    }
  }
  for (const row of shuffled) if (taken.size < maxChoosingRows) taken.add(row);
  return [...taken].sort((a, b) => a - b);
}

function takeClips(clips: TrainingClips, places: readonly number[]): TrainingClips {
  return {
    ...clips,
    rows: takeRows(clips.rows, places),
    labels: places.map((row) => at(clips.labels, row)),
    groups: places.map((row) => at(clips.groups, row)),
  };
}

function listPlaces(values: readonly number[], isWanted: (value: number) => boolean): number[] {
  return [...values.keys()].filter((place) => isWanted(at(values, place)));
}
