import { at } from "../common/at.ts";
import { type Matrix, viewRow } from "./matrix.ts";

/** Class of a row that shows none of the classes. */
export const background = -1;

/** What thresholds are chosen for: the best F1, or the most answers of which a fraction (0 to 1) is right. */
export type ThresholdGoal = "best-f1" | { readonly precision: number };

/** A threshold, and what it gives on the rows by which it was chosen. */
export interface Threshold {
  /** Probability from which the answer counts, 0 to 1. */
  readonly threshold: number;
  /** Fraction of the answers that is right; null where nothing is answered. */
  readonly precision: number | null;
  /** Fraction of the rows of the classes that is answered correctly; null without such rows. */
  readonly recall: number | null;
  /** Rows of the class. */
  readonly rows: number;
}

/** Fewer rows of a class say too little of a threshold of its own. */
const minClassRows = 10;

interface Answer {
  readonly score: number;
  readonly isRight: boolean;
}

/**
 * The one threshold for all classes: below it, the most probable class is not named. Background counts as rows that
 * nothing should be named for.
 * @param probabilities [rows, classes], of rows that the classifier did not train on
 * @param labels class of each row, or `background`
 */
export function chooseRejection(
  probabilities: Matrix,
  labels: readonly number[],
  goal: ThresholdGoal = "best-f1",
): Threshold {
  const answers = listAnswers(probabilities, labels);
  const rows = labels.filter((label) => label !== background).length;
  return chooseAmong(answers, rows, 0, goal);
}

/**
 * For each class, the probability from which naming it, where it is the most probable class, serves the goal best;
 * not below `least`, and that itself for a class of fewer than ten rows. A threshold lies halfway between the last
 * answer that counts and the next lower one.
 *
 *     const { threshold } = chooseRejection(probabilities, labels);
 *     chooseThresholds(probabilities, labels, { least: threshold }); // one for each class
 *
 * @param probabilities [rows, classes], of rows that the classifier did not train on
 * @param labels class of each row, or `background`
 */
export function chooseThresholds(
  probabilities: Matrix,
  labels: readonly number[],
  { least = 0, goal = "best-f1" }: { readonly least?: number; readonly goal?: ThresholdGoal } = {},
): Threshold[] {
  const answers = listAnswers(probabilities, labels);
  return Array.from({ length: probabilities.columns }, (_, label) => {
    const own = answers.filter(({ top }) => top === label);
    const rows = labels.filter((actual) => actual === label).length;
    return rows < minClassRows ? measure(own, rows, least) : chooseAmong(own, rows, least, goal);
  });
}

/** The most probable class of each row. */
function listAnswers(
  probabilities: Matrix,
  labels: readonly number[],
): (Answer & { readonly top: number })[] {
  return labels.map((label, row) => {
    const values = viewRow(probabilities, row);
    const top = values.reduce((best, value, index) => (value > at(values, best) ? index : best), 0);
    return { top, score: at(values, top), isRight: top === label };
  });
}

function chooseAmong(
  answers: readonly Answer[],
  rows: number,
  least: number,
  goal: ThresholdGoal,
): Threshold {
  const falling = answers.filter(({ score }) => score >= least).sort((a, b) => b.score - a.score);
  let best: { readonly value: number; readonly threshold: number } = { value: -Infinity, threshold: least };
  let hits = 0;
  for (const [index, { score, isRight }] of falling.entries()) {
    if (isRight) hits++;
    const next = falling[index + 1]?.score ?? least;
    if (next === score) continue; // equal scores are answered together
    const value = rate(hits, index + 1, rows, goal);
    if (value > best.value) best = { value, threshold: (score + next) / 2 };
  }
  return measure(answers, rows, best.threshold);
}

/** F1; for a wanted precision the recall where it is reached, and the precision, below any recall, where it is not. */
function rate(hits: number, answered: number, rows: number, goal: ThresholdGoal): number {
  if (goal === "best-f1") return (2 * hits) / (answered + rows);
  const precision = hits / answered;
  return precision >= goal.precision ? 1 + hits : precision;
}

function measure(answers: readonly Answer[], rows: number, threshold: number): Threshold {
  const named = answers.filter(({ score }) => score >= threshold);
  const hits = named.filter(({ isRight }) => isRight).length;
  return {
    threshold,
    precision: named.length === 0 ? null : hits / named.length,
    recall: rows === 0 ? null : hits / rows,
    rows,
  };
}
