import { at } from "../../common/at.ts";
import type { Labelling } from "../../common/labelling.ts";
import { indexLabels } from "../../datasets/dataset.ts";
import { stackRows, takeRows, viewRow } from "../../heads/matrix.ts";
import { toProbabilities } from "../../heads/temperature.ts";
import {
  chooseThresholds,
  type Threshold,
  type ThresholdGoal,
  type Thresholds,
} from "../../heads/thresholds.ts";
import type { ModelThresholds } from "../../features/model-metadata.ts";
import type { CalibrationFile } from "../../run-files/calibration.ts";
import {
  divide,
  divideAcrossFolds,
  fitClipTemperature,
  type LabelledLogits,
  measureReliability,
} from "./reliability.ts";
import type { BackgroundAnswer } from "./score-background.ts";

/** A clip that the network was not trained on. */
export interface UnseenClip {
  readonly label: string;
  /** Where clips may have several classes. */
  readonly labels?: readonly string[] | undefined;
  readonly fold: number;
  readonly logits: readonly number[];
}

/** Fewer clips say nothing of a threshold. */
export const minClips = 10;

interface CalibrationInput {
  readonly labels: readonly string[];
  readonly labelling?: Labelling | undefined;
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
 * thresholds of the other four. Where clips may have several classes, each class of each clip is a question of its own:
 * all have one temperature, and precision, recall and reliability are those of the answers yes.
 */
export function calibrate({
  labels,
  labelling = "one",
  clips,
  background: windows,
  goal,
  windowSeconds,
}: CalibrationInput): Omit<CalibrationFile, "source" | "from"> {
  const logits = stackRows(clips.map((clip) => clip.logits));
  const rows = listRows({ labels, labelling, clips, background: windows });
  const truth = rows.labels.slice(0, clips.length);
  const { temperature, thresholds } = fit(rows, goal);
  const isNamed = listNamed(rows, { temperature, ...thresholds })
    .slice(clips.length)
    .map((own) => own.length > 0);
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
      before: measureReliability(logits, truth, labelling),
      after: measureReliability(
        divideAcrossFolds({ logits, labels: truth, labelling }, clips, temperature),
        truth,
        labelling,
      ),
    },
    background: kinds.map((kind) => ({
      kind,
      windows: windows.filter((window) => window.kind === kind).length,
      named: windows.filter((window, index) => window.kind === kind && at(isNamed, index)).length,
    })),
    falseAlarmsPerHour: windows.length === 0 ? 0 : (3600 * named) / (windows.length * windowSeconds),
  };
}

/** Thresholds as they stand in a model. */
export function listThresholds({
  goal,
  classes,
}: Pick<CalibrationFile, "goal" | "classes">): ModelThresholds {
  const thresholds = classes.map(({ threshold }) => threshold);
  return { goal, rejection: Math.min(...thresholds), classes: thresholds };
}

/** What a calibration gives on clips and background that had no part in it, by the same weights. */
export function testCalibration(
  { temperature, classes }: Pick<CalibrationFile, "temperature" | "classes">,
  input: Pick<CalibrationInput, "labels" | "labelling" | "clips" | "background">,
): CalibrationFile["expected"] {
  const rows = listRows(input);
  return summarise(countAnswers(rows, { temperature, classes }), rows.labels.flat().length);
}

function listRows({
  labels,
  labelling = "one",
  clips,
  background: windows,
}: Pick<CalibrationInput, "labels" | "labelling" | "clips" | "background">): CalibrationRows {
  return {
    labelling,
    logits: stackRows([...clips, ...windows].map((row) => row.logits)),
    labels: [...clips.map((clip) => indexLabels(clip, labels)), ...windows.map(() => [])],
    clips: clips.length,
    weights: [...clips.map(() => (1 - backgroundFraction) / clips.length), ...weighBackground(windows)],
  };
}

/** Clips, and behind them windows of background, which have no classes. */
interface CalibrationRows extends LabelledLogits {
  /** How many of the rows are clips. */
  readonly clips: number;
  readonly weights: readonly number[];
}

/** By what a row is named. */
interface Naming {
  readonly temperature: number;
  readonly classes: readonly Pick<Threshold, "threshold">[];
}

function fit(
  rows: CalibrationRows,
  goal: ThresholdGoal,
): { readonly temperature: number; readonly thresholds: Thresholds } {
  const { logits, labels, weights, labelling, clips } = rows;
  const temperature = fitClipTemperature({
    labelling,
    logits: takeRows(
      logits,
      Array.from({ length: clips }, (_, row) => row),
    ),
    labels: labels.slice(0, clips),
  });
  const probabilities = toProbabilities(divide(logits, temperature), labelling);
  return { temperature, thresholds: chooseThresholds({ probabilities, labels, weights, labelling }, goal) };
}

/** For each row, the classes that are named. */
function listNamed(
  { logits, labelling }: CalibrationRows,
  { temperature, classes }: Naming,
): (readonly number[])[] {
  const probabilities = toProbabilities(divide(logits, temperature), labelling);
  return Array.from({ length: logits.rows }, (_, row) => {
    const own = viewRow(probabilities, row);
    const asked = labelling === "several" ? [...own.keys()] : [findTop(own)];
    return asked.filter((label) => at(own, label) >= at(classes, label).threshold);
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
    rightLabels: sum(({ rightLabels }) => rightLabels),
  };
  return summarise(total, rows.labels.flat().length);
}

/** Weights of what is named and of that what is right, and how many of the clips' classes are. */
interface AnswerCounts {
  readonly named: number;
  readonly right: number;
  readonly rightLabels: number;
}

function countAnswers(rows: CalibrationRows, naming: Naming): AnswerCounts {
  let [named, right, rightLabels] = [0, 0, 0];
  for (const [row, own] of listNamed(rows, naming).entries()) {
    const weight = at(rows.weights, row);
    for (const label of own) {
      named += weight;
      if (!at(rows.labels, row).includes(label)) continue;
      right += weight;
      rightLabels++;
    }
  }
  return { named, right, rightLabels };
}

function summarise({ named, right, rightLabels }: AnswerCounts, all: number): CalibrationFile["expected"] {
  return { precision: named === 0 ? null : right / named, recall: rightLabels / all };
}

const pickRows = (
  { logits, labels, weights, labelling, clips }: CalibrationRows,
  places: readonly number[],
): CalibrationRows => ({
  labelling,
  clips: places.filter((place) => place < clips).length,
  logits: takeRows(logits, places),
  labels: places.map((place) => at(labels, place)),
  weights: places.map((place) => at(weights, place)),
});
