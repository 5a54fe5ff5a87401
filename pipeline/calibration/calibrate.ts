import { at } from "../../common/at.ts";
import { type Matrix, stackRows, takeRows, viewRow } from "../../heads/matrix.ts";
import { fitTemperature, toProbabilities } from "../../heads/temperature.ts";
import {
  background,
  chooseThresholds,
  type Threshold,
  type ThresholdGoal,
  type Thresholds,
} from "../../heads/thresholds.ts";
import { measureCalibration } from "../../report/metrics/calibration.ts";
import type { CalibrationFile } from "../../run-files/calibration.ts";
import type { BackgroundAnswer } from "./score-background.ts";

/** A clip that the network was not trained on. */
export interface UnseenClip {
  readonly label: string;
  readonly fold: number;
  readonly logits: readonly number[];
}

interface CalibrationInput {
  readonly labels: readonly string[];
  readonly clips: readonly UnseenClip[];
  readonly background: readonly BackgroundAnswer[];
  readonly goal: ThresholdGoal;
  /** Length of a window of background. */
  readonly windowSeconds: number;
}

/**
 * Of the sound in use, the fraction that is background: half. How many windows of it there happen to be does not
 * matter. Generated background and recorded background count alike where there are both, and so do their kinds.
 */
const backgroundFraction = 0.5;

/**
 * Temperature and thresholds from clips that the network was not trained on, and from background. Where the clips are
 * of several folds, the reliability after scaling is that of each fold by the temperature of the others. What is to be
 * expected of the thresholds is measured on fifths of the clips and of the background, each by the temperature and the
 * thresholds of the other four.
 */
export function calibrate({
  labels,
  clips,
  background: windows,
  goal,
  windowSeconds,
}: CalibrationInput): Omit<CalibrationFile, "source" | "from"> {
  const logits = stackRows(clips.map((clip) => clip.logits));
  const truth = clips.map(({ label }) => labels.indexOf(label));
  const rows = listRows(labels, clips, windows);
  const { temperature, thresholds } = fit(rows, goal);
  const isNamed = listNamed(rows, { temperature, ...thresholds }).slice(clips.length);
  const kinds = [...new Set(windows.map(({ kind }) => kind))];
  const named = isNamed.filter(Boolean).length;
  return {
    clips: clips.length,
    temperature,
    goal: goal === "best-f1" ? "best F1" : `precision ${goal.precision}`,
    backgroundFraction: windows.length === 0 ? 0 : backgroundFraction,
    all: thresholds.all,
    expected: measureExpected(rows, goal),
    classes: thresholds.classes.map((threshold, index) => ({ label: at(labels, index), ...threshold })),
    reliability: {
      before: measureReliability(logits, truth),
      after: measureReliability(divideAcrossFolds(logits, truth, clips, temperature), truth),
    },
    background: kinds.map((kind) => ({
      kind,
      windows: windows.filter((window) => window.kind === kind).length,
      named: windows.filter((window, index) => window.kind === kind && at(isNamed, index)).length,
    })),
    falseAlarmsPerHour: windows.length === 0 ? 0 : (3600 * named) / (windows.length * windowSeconds),
  };
}

/** What a calibration gives on clips and background that had no part in it, by the same weights. */
export function testCalibration(
  { temperature, classes }: Pick<CalibrationFile, "temperature" | "classes">,
  { labels, clips, background: windows }: Pick<CalibrationInput, "labels" | "clips" | "background">,
): CalibrationFile["expected"] {
  const rows = listRows(labels, clips, windows);
  return summarise(countAnswers(rows, { temperature, classes }), clips.length);
}

function listRows(
  labels: readonly string[],
  clips: readonly UnseenClip[],
  windows: readonly BackgroundAnswer[],
): CalibrationRows {
  return {
    logits: stackRows([...clips, ...windows].map((row) => row.logits)),
    labels: [...clips.map(({ label }) => labels.indexOf(label)), ...windows.map(() => background)],
    weights: [...clips.map(() => (1 - backgroundFraction) / clips.length), ...weighBackground(windows)],
  };
}

/** Clips and windows of background, with `background` as the latter's label. */
interface CalibrationRows {
  readonly logits: Matrix;
  readonly labels: readonly number[];
  readonly weights: readonly number[];
}

/** By what a row is named. */
interface Naming {
  readonly temperature: number;
  readonly classes: readonly Pick<Threshold, "threshold">[];
}

function fit(
  { logits, labels, weights }: CalibrationRows,
  goal: ThresholdGoal,
): { readonly temperature: number; readonly thresholds: Thresholds } {
  const clips = [...labels.keys()].filter((row) => labels[row] !== background);
  const temperature = fitTemperature(
    takeRows(logits, clips),
    clips.map((row) => at(labels, row)),
  );
  const probabilities = toProbabilities(divide(logits, temperature));
  return { temperature, thresholds: chooseThresholds({ probabilities, labels, weights }, goal) };
}

/** For each row, whether a class is named. */
function listNamed({ logits }: CalibrationRows, { temperature, classes }: Naming): boolean[] {
  const probabilities = toProbabilities(divide(logits, temperature));
  return Array.from({ length: logits.rows }, (_, row) => {
    const own = viewRow(probabilities, row);
    const top = findTop(own);
    return at(own, top) >= at(classes, top).threshold;
  });
}

const findTop = (row: Float64Array): number => row.indexOf(Math.max(...row));

/** A weight for each window, `backgroundFraction` together. */
function weighBackground(windows: readonly BackgroundAnswer[]): number[] {
  const origins = new Set(windows.map(({ isRecorded }) => isRecorded)).size;
  return windows.map(({ kind, isRecorded }) => {
    const ofOrigin = windows.filter((window) => window.isRecorded === isRecorded);
    const kinds = new Set(ofOrigin.map((window) => window.kind)).size;
    const ofKind = ofOrigin.filter((window) => window.kind === kind).length;
    return backgroundFraction / (origins * kinds * ofKind);
  });
}

const parts = 5;

/** On rows that chose neither the temperature nor the thresholds. */
function measureExpected(rows: CalibrationRows, goal: ThresholdGoal): CalibrationFile["expected"] {
  const counts = Array.from({ length: parts }, (_, part) => {
    const places = [...rows.labels.keys()];
    const others = pickRows(
      rows,
      places.filter((row) => row % parts !== part),
    );
    const own = pickRows(
      rows,
      places.filter((row) => row % parts === part),
    );
    const { temperature, thresholds } = fit(others, goal);
    return countAnswers(own, { temperature, ...thresholds });
  });
  const sum = (pick: (one: AnswerCounts) => number) => counts.reduce((total, one) => total + pick(one), 0);
  const total = {
    named: sum(({ named }) => named),
    right: sum(({ right }) => right),
    rightClips: sum(({ rightClips }) => rightClips),
  };
  return summarise(total, rows.labels.filter((label) => label !== background).length);
}

/** Weights of what is named and of that what is right, and the number of clips that are. */
interface AnswerCounts {
  readonly named: number;
  readonly right: number;
  readonly rightClips: number;
}

function countAnswers(rows: CalibrationRows, naming: Naming): AnswerCounts {
  let [named, right, rightClips] = [0, 0, 0];
  for (const [row, isNamed] of listNamed(rows, naming).entries()) {
    if (!isNamed) continue;
    const weight = at(rows.weights, row);
    named += weight;
    if (findTop(viewRow(rows.logits, row)) !== at(rows.labels, row)) continue;
    right += weight;
    rightClips++;
  }
  return { named, right, rightClips };
}

function summarise({ named, right, rightClips }: AnswerCounts, clips: number): CalibrationFile["expected"] {
  return { precision: named === 0 ? null : right / named, recall: rightClips / clips };
}

const pickRows = (
  { logits, labels, weights }: CalibrationRows,
  places: readonly number[],
): CalibrationRows => ({
  logits: takeRows(logits, places),
  labels: places.map((place) => at(labels, place)),
  weights: places.map((place) => at(weights, place)),
});

const divide = (logits: Matrix, temperature: number): Matrix => ({
  ...logits,
  values: logits.values.map((logit) => logit / temperature),
});

/** Each fold's logits by the temperature that the other folds give; those of a single fold by its own. */
function divideAcrossFolds(
  logits: Matrix,
  truth: readonly number[],
  clips: readonly UnseenClip[],
  temperature: number,
): Matrix {
  const folds = new Set(clips.map(({ fold }) => fold));
  if (folds.size < 2) return divide(logits, temperature);
  const values = logits.values.slice();
  for (const fold of folds) {
    const others = [...clips.keys()].filter((row) => clips[row]?.fold !== fold);
    const own = fitTemperature(
      takeRows(logits, others),
      others.map((row) => at(truth, row)),
    );
    for (const [row, clip] of clips.entries())
      if (clip.fold === fold)
        for (let index = row * logits.columns; index < (row + 1) * logits.columns; index++)
          values[index] = at(values, index) / own;
  }
  return { ...logits, values };
}

export function measureReliability(
  logits: Matrix,
  truth: readonly number[],
): CalibrationFile["reliability"]["before"] {
  const rows = Array.from({ length: logits.rows }, (_, row) => [
    ...logits.values.subarray(row * logits.columns, (row + 1) * logits.columns),
  ]);
  const { bins, expectedError } = measureCalibration({ classes: logits.columns, logits: rows, truth });
  if (expectedError === null) throw new RangeError("clips: expected at least one, got none");
  return {
    bins: bins.map(({ clips, confidence, accuracy }) => ({ clips, confidence, accuracy })),
    expectedError,
  };
}
