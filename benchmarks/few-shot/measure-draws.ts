import { at } from "../../common/at.ts";
import { createRandom, type Random } from "../../common/random.ts";
import { listFolds } from "../../datasets/folds/list-folds.ts";
import { type LinearHead, scoreRows } from "../../heads/linear-head.ts";
import { fitLogisticRegression, type LabelledRows } from "../../heads/logistic-regression.ts";
import { type Matrix, normaliseRows, takeRows, viewRow } from "../../heads/matrix.ts";
import { fitNearestCentroid } from "../../heads/nearest-centroid.ts";
import type { EmbeddedClips } from "../../pipeline/backbones/embed-clips.ts";

export const draws = 25;
/** As `trainHead` where it has nothing to choose by. */
const strength = 100;

const heads: Readonly<Record<string, (data: LabelledRows) => LinearHead>> = {
  "logistic regression": (data) => fitLogisticRegression(data, strength),
  "nearest centroid": fitNearestCentroid,
};

export interface DrawnAccuracy {
  readonly head: string;
  /** Clips of each class that trained. */
  readonly clips: number;
  /** Percent, mean and deviation over 25 draws. */
  readonly accuracy: number;
  readonly deviation: number;
}

/** Trains each head on so many clips of each class, drawn 25 times from all folds but one, which is tested whole. */
export function measureDraws(
  { clips, labels, rows: raw }: Pick<EmbeddedClips, "clips" | "labels" | "rows">,
  clipCount: number,
): DrawnAccuracy[] {
  const rows = normaliseRows(raw);
  const classOf = clips.map(({ label }) => labels.indexOf(label));
  const foldOf = clips.map(({ fold }) => fold);
  const folds = listFolds(clips);
  const accuracies = new Map(Object.keys(heads).map((name) => [name, new Array<number>()]));
  for (let draw = 0; draw < draws; draw++) {
    const test = at(folds, draw % folds.length);
    const known = [...clips.keys()].filter((place) => foldOf[place] !== test);
    const tested = [...clips.keys()].filter((place) => foldOf[place] === test);
    const random = createRandom(draw, `few-shot ${clipCount}`);
    const trained = drawClips(
      labels.map((_, label) => known.filter((place) => classOf[place] === label)),
      clipCount,
      random,
    );
    const part = {
      rows: takeRows(rows, trained),
      labels: trained.map((place) => at(classOf, place)),
      classes: labels.length,
    };
    for (const [name, fit] of Object.entries(heads))
      accuracies.get(name)?.push(measureAccuracy(fit(part), rows, tested, classOf));
  }
  return [...accuracies].map(([head, values]) => ({ head, clips: clipCount, ...summarise(values) }));
}

function drawClips(placesOfClass: readonly (readonly number[])[], count: number, random: Random): number[] {
  return placesOfClass.flatMap((places) => random.shuffle([...places]).slice(0, count));
}

/** @returns percent */
function measureAccuracy(
  head: LinearHead,
  rows: Matrix,
  tested: readonly number[],
  classOf: readonly number[],
): number {
  const scores = scoreRows(head, takeRows(rows, tested));
  const hits = tested.filter((place, position) => {
    const row = viewRow(scores, position);
    return row.indexOf(Math.max(...row)) === classOf[place];
  });
  return (100 * hits.length) / tested.length;
}

function summarise(values: readonly number[]): { accuracy: number; deviation: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const round = (value: number): number => Math.round(10 * value) / 10;
  return { accuracy: round(mean), deviation: round(Math.sqrt(squares / (values.length - 1))) };
}
