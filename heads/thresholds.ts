import { at } from "../common/at.ts";
import type { Labelling } from "../common/labelling.ts";
import { type Matrix, viewRow } from "./matrix.ts";

/** What thresholds are chosen for: the best F1, or the most answers of which a fraction (0 to 1) is right. */
export type ThresholdGoal = "best-f1" | { readonly precision: number };

/** Rows that the classifier did not train on. */
export interface ThresholdRows {
  /** [rows, classes] */
  readonly probabilities: Matrix;
  /** Classes of each row: none in background. */
  readonly labels: readonly (readonly number[])[];
  /** How much of the sound in use a row stands for, above 0. */
  readonly weights: readonly number[];
  /** `one`: the most probable class may be named; `several`: each class, whatever the others. Default `one`. */
  readonly labelling?: Labelling | undefined;
}

/** A threshold, and what it gives on the rows by which it was chosen. */
export interface Threshold {
  /** Probability from which the answer counts, 0 to 1. */
  readonly threshold: number;
  /** Fraction, by weight, of the answers that is right; null where nothing is answered. */
  readonly precision: number | null;
  /** Of the rows of the classes, the fraction whose class is named; null without such rows. */
  readonly recall: number | null;
  /** Rows of the class. */
  readonly rows: number;
}

export interface Thresholds {
  /** Of all classes together, at the thresholds below; its own is the common threshold that they come from. */
  readonly all: Threshold;
  /** One for each class. */
  readonly classes: readonly Threshold[];
}

/**
 * Of the rows that are answered correctly without thresholds (where rows may have several classes, from a probability of
 * 0.5 on), the fraction that still is: whatever the goal, a classifier that never answers is of no use. `common` holds
 * for the threshold that all classes have in common, and for a class of ten rows or more; `scarce` for a class of fewer;
 * `all` follows for all rows together.
 */
export const keptFractions = { common: 0.9, scarce: 0.5, all: 0.8 } as const;

/** Fewer rows of a class say too little of a threshold of its own. */
const minClassRows = 10;
/** A class with this many rows has a threshold halfway between its own and the common one. */
const halfwayRows = 20;

/** A class that may be named of a row. */
interface Answer {
  readonly label: number;
  readonly score: number;
  readonly isRight: boolean;
  /** Whether it is named without thresholds. */
  readonly isUsual: boolean;
  readonly weight: number;
}

/**
 * For each class the probability from which naming it, where it may be named, serves the goal best, while
 * `keptFractions` hold. One threshold is chosen on all classes together. A class of fewer than ten rows has that one;
 * of the others it is shrunk towards it, by rows / (rows + 20). A threshold lies halfway between the last answer that
 * counts and the next lower one, or the least that an answer can have (of two classes, the most probable one has half),
 * and never falls when a higher precision is wanted.
 *
 *     const { all, classes } = chooseThresholds({ probabilities, labels, weights }, { precision: 0.95 });
 */
export function chooseThresholds(rows: ThresholdRows, goal: ThresholdGoal = "best-f1"): Thresholds {
  const answers = listAnswers(rows);
  const least = rows.labelling === "several" ? 0 : 1 / rows.probabilities.columns;
  const countRows = (isOne: (label: number) => boolean) => rows.labels.flat().filter(isOne).length;
  const weigh = (isOne: (label: number) => boolean) =>
    rows.labels.reduce((sum, own, row) => sum + own.filter(isOne).length * at(rows.weights, row), 0);
  const isAny = () => true;
  const common = chooseAmong(answers, { rowWeight: weigh(isAny), goal, least, otherwise: 1 });
  const ofClasses = Array.from({ length: rows.probabilities.columns }, (): Answer[] => []);
  for (const answer of answers) at(ofClasses, answer.label).push(answer);
  const classes = ofClasses.map((own, label) => {
    const count = countRows((actual) => actual === label);
    const isScarce = count < minClassRows;
    const trust = isScarce ? 0 : count / (count + halfwayRows);
    const rowWeight = weigh((actual) => actual === label);
    const alone = trust === 0 ? common : chooseAmong(own, { rowWeight, goal, least, otherwise: common });
    const [limit] = listCuts(own, isScarce ? keptFractions.scarce : keptFractions.common, least);
    return measure(own, count, Math.min(common + trust * (alone - common), limit?.threshold ?? 1));
  });
  const named = answers.filter(({ label, score }) => score >= at(classes, label).threshold);
  return { all: { ...measure(named, countRows(isAny), 0), threshold: common }, classes };
}

/** Probability from which a class is named without thresholds, where it may be named. */
const usualThresholds: Record<Labelling, number> = { one: 0, several: 0.5 };

/** The classes that may be named of each row: the most probable one, or all. */
function listAnswers({ probabilities, labels, weights, labelling = "one" }: ThresholdRows): Answer[] {
  return labels.flatMap((own, row) => {
    const values = viewRow(probabilities, row);
    const top = values.reduce((best, value, index) => (value > at(values, best) ? index : best), 0);
    return (labelling === "several" ? [...values.keys()] : [top]).map((label) => ({
      label,
      score: at(values, label),
      isRight: own.includes(label),
      isUsual: at(values, label) >= usualThresholds[labelling],
      weight: at(weights, row),
    }));
  });
}

/** A threshold between two answers, and what is answered from it on. */
interface Cut {
  readonly threshold: number;
  /** Weight of what is answered, and of that what is right. */
  readonly named: number;
  readonly right: number;
}

/**
 * From the highest threshold that keeps a fraction of the right answers to the lowest; empty without answers.
 * @param least that an answer can have
 */
function listCuts(answers: readonly Answer[], keptFraction: number, least: number): Cut[] {
  const falling = answers.toSorted((one, other) => other.score - one.score);
  const needed = Math.ceil(
    keptFraction * falling.filter(({ isRight, isUsual }) => isRight && isUsual).length,
  );
  const cuts: Cut[] = [];
  let [named, right, rightRows] = [0, 0, 0];
  for (const [index, { score, isRight, weight }] of falling.entries()) {
    named += weight;
    if (isRight) {
      right += weight;
      rightRows++;
    }
    const next = falling[index + 1]?.score ?? least;
    if (next === score || rightRows < needed) continue; // equal scores are answered together
    cuts.push({ threshold: (score + next) / 2, named, right });
  }
  return cuts;
}

/**
 * @param rowWeight of all rows that should be answered
 * @returns the threshold; `otherwise` where there are no answers
 */
function chooseAmong(
  answers: readonly Answer[],
  {
    rowWeight,
    goal,
    least,
    otherwise,
  }: { rowWeight: number; goal: ThresholdGoal; least: number; otherwise: number },
): number {
  let best = { value: -Infinity, threshold: otherwise };
  for (const { threshold, named, right } of listCuts(answers, keptFractions.common, least)) {
    const value = rate(right, named, rowWeight, goal);
    if (value > best.value) best = { value, threshold };
  }
  return best.threshold;
}

/** F1; for a wanted precision the recall where it is reached, and the precision, below any recall, where it is not. */
function rate(right: number, named: number, rowWeight: number, goal: ThresholdGoal): number {
  if (goal === "best-f1") return (2 * right) / (named + rowWeight);
  const precision = right / named;
  return precision >= goal.precision - rounding ? 1 + right : precision;
}

/** Sums of weights that are equal on paper differ in their last digits. */
const rounding = 1e-9;

function measure(answers: readonly Answer[], rows: number, threshold: number): Threshold {
  const named = answers.filter(({ score }) => score >= threshold);
  const right = named.filter(({ isRight }) => isRight);
  const weigh = (list: readonly Answer[]) => list.reduce((sum, { weight }) => sum + weight, 0);
  return {
    threshold,
    precision: named.length === 0 ? null : weigh(right) / weigh(named),
    recall: rows === 0 ? null : right.length / rows,
    rows,
  };
}
