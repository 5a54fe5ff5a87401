import { at } from "../common/at.ts";
import { createRandom } from "../common/random.ts";
import { dealFolds, type GroupedLabels } from "./deal-folds.ts";
import { type LinearHead, scaleLogits, scoreRows } from "./linear-head.ts";
import { compressLabelled, fitPath, type LabelledRows } from "./logistic-regression.ts";
import { type Matrix, normaliseRows, takeRows, viewRow } from "./matrix.ts";
import type { MinimiseOptions } from "./minimise.ts";
import { fitNearestCentroid } from "./nearest-centroid.ts";
import { fitNearestNeighbours } from "./nearest-neighbours.ts";
import { fitTemperature, measureCrossEntropy } from "./temperature.ts";

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
  const scarcest = countScarcestGroups(clips);
  if (scarcest === 0) throw new RangeError("classes: expected clips of every class, got a class without");
  const { expand, ...reduced } = compressLabelled({
    rows: normaliseRows(clips.rows),
    ...(clips.background && { background: normaliseRows(clips.background) }),
  });
  const compressed = { ...clips, ...reduced };
  const fitAll = (setting: number): LinearHead => {
    const { weights, ...rest } = at(fit(compressed, kind, [setting]), 0);
    return { weights: expand(weights), ...rest };
  };
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
  const { setting, unseen } = chooseSetting(compressed, kind, seed);
  const temperature = fitTemperature(unseen, clips.labels);
  return {
    head: scaleLogits(fitAll(setting), temperature),
    kind,
    strength: readStrength(setting),
    temperature,
    unseenLogits: { ...unseen, values: unseen.values.map((logit) => logit / temperature) },
  };
}

/** The setting with the least cross-entropy on rows not trained on, and all rows' logits at it. */
function chooseSetting(
  clips: TrainingClips,
  kind: HeadKind,
  seed: number,
): { readonly setting: number; readonly unseen: Matrix } {
  const tried = settings[kind];
  const isAll = clips.rows.rows <= maxChoosingRows;
  const choosing = isAll ? clips : drawClips(clips, maxChoosingRows, seed);
  const score = (asked: TrainingClips, own: readonly number[]): Matrix[] => {
    const { background, classes } = asked;
    return scoreUnseen(asked, seed, (rows, labels) =>
      fit({ rows, labels, classes, ...(background && { background }) }, kind, own, { valueTolerance: 1e-3 }),
    );
  };
  const scored = score(choosing, tried);
  const losses = scored.map((logits) =>
    measureCrossEntropy(logits, choosing.labels, fitTemperature(logits, choosing.labels)),
  );
  const best = losses.indexOf(Math.min(...losses));
  const setting = at(tried, best);
  return {
    setting,
    unseen: at(isAll ? scored : score(clips, [setting]), isAll ? best : 0),
  };
}

/** For each head that `fit` makes, logits of every row by the one of the other folds, [rows, classes]. */
export function scoreUnseen<Label extends number | readonly number[]>(
  { rows, labels, groups, classes }: Omit<TrainingClips, "labels"> & { readonly labels: readonly Label[] },
  seed: number,
  fit: (rows: Matrix, labels: readonly Label[]) => readonly LinearHead[],
): Matrix[] {
  const foldOf = dealFolds({ labels, groups, classes }, innerFolds, createRandom(seed, "inner folds"));
  const scored: Float64Array[] = [];
  for (const fold of new Set(foldOf)) {
    const tested = listPlaces(foldOf, (own) => own === fold);
    const trained = listPlaces(foldOf, (own) => own !== fold);
    const heads = fit(
      takeRows(rows, trained),
      trained.map((row) => at(labels, row)),
    );
    const testedRows = takeRows(rows, tested);
    for (const [index, head] of heads.entries()) {
      const logits = scoreRows(head, testedRows);
      const values = (scored[index] ??= new Float64Array(rows.rows * classes));
      for (const [position, row] of tested.entries()) values.set(viewRow(logits, position), row * classes);
    }
  }
  return scored.map((values) => ({ rows: rows.rows, columns: classes, values }));
}

/** One head for each setting. */
function fit(
  data: LabelledRows,
  kind: HeadKind,
  tried: readonly number[],
  options: MinimiseOptions = {},
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
export function countScarcestGroups({ labels, groups, classes }: GroupedLabels): number {
  const groupsOfClass = Array.from({ length: classes }, () => new Set<string>());
  for (const [row, own] of labels.entries())
    for (const label of typeof own === "number" ? [own] : own) at(groupsOfClass, label).add(at(groups, row));
  return Math.min(...groupsOfClass.map(({ size }) => size));
}

/** Rows of about equally many of each class: first two recordings of every class, then any. */
function drawClips(clips: TrainingClips, count: number, seed: number): TrainingClips {
  const shuffled = createRandom(seed, "choosing rows").shuffle([...clips.labels.keys()]);
  const taken = new Set<number>();
  const groupsOfClass = new Map<number, Set<string>>();
  for (const row of shuffled) {
    const known = groupsOfClass.get(at(clips.labels, row)) ?? new Set<string>();
    groupsOfClass.set(at(clips.labels, row), known);
    if (known.size < 2 && !known.has(at(clips.groups, row))) {
      known.add(at(clips.groups, row));
      taken.add(row);
    }
  }
  for (const row of shuffled) if (taken.size < count) taken.add(row);
  const picked = [...taken].sort((a, b) => a - b);
  return {
    ...clips,
    rows: takeRows(clips.rows, picked),
    labels: picked.map((row) => at(clips.labels, row)),
    groups: picked.map((row) => at(clips.groups, row)),
  };
}

function listPlaces(values: readonly number[], isWanted: (value: number) => boolean): number[] {
  return [...values.keys()].filter((place) => isWanted(at(values, place)));
}
