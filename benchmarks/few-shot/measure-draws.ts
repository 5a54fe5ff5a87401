import { at } from "../../common/at.ts";
import { createRandom } from "../../common/random.ts";
import { listFolds } from "../../datasets/folds/list-folds.ts";
import { type LinearHead, scoreRows } from "../../heads/linear-head.ts";
import { fitLogisticRegression, type LabelledRows } from "../../heads/logistic-regression.ts";
import { joinRows, type Matrix, normaliseRows, takeRows, viewRow } from "../../heads/matrix.ts";
import { fitNearestCentroid } from "../../heads/nearest-centroid.ts";
import { fitNearestNeighbours } from "../../heads/nearest-neighbours.ts";
import { type EmbeddedClips, maxCopiedClips } from "../../pipeline/backbones/embed-clips.ts";

export const draws = 25;
/** As `trainHead` where it has nothing to choose by. */
const strength = 100;

const regression = "logistic regression";
const heads: Readonly<Record<string, (data: LabelledRows) => LinearHead>> = {
  [regression]: (data) => fitLogisticRegression(data, strength),
  "nearest centroid": fitNearestCentroid,
  "nearest clip": (data) => fitNearestNeighbours(data, 1),
};

export interface DrawnAccuracy {
  readonly head: string;
  /** Clips of each class that trained. */
  readonly clips: number;
  readonly draws: number;
  /** Percent, mean and deviation over the draws; null of a single one. */
  readonly accuracy: number;
  readonly deviation: number | null;
}

/** Places of the clips of one draw. */
export interface Draw {
  /** So many of each class, from all folds but one. */
  readonly trained: readonly number[];
  /** The whole other fold. */
  readonly tested: readonly number[];
}

/** The same draw whatever trains on it. @param draw its number, from 0; the fold that is tested goes round with it */
export function drawClips(
  { clips, labels }: Pick<EmbeddedClips, "clips" | "labels">,
  clipCount: number,
  draw: number,
): Draw {
  const folds = listFolds(clips);
  const test = at(folds, draw % folds.length);
  const random = createRandom(draw, `few-shot ${clipCount}`);
  const places = [...clips.keys()];
  return {
    trained: labels.flatMap((label) => {
      const own = places.filter(
        (place) => at(clips, place).fold !== test && at(clips, place).label === label,
      );
      return random.shuffle(own).slice(0, clipCount);
    }),
    tested: places.filter((place) => at(clips, place).fold === test),
  };
}

/** Trains each head on the clips of each draw; the regression on copies too where `earshot start` does. */
export function measureDraws(
  embedded: Pick<EmbeddedClips, "clips" | "labels" | "rows" | "copies">,
  clipCount: number,
): DrawnAccuracy[] {
  const rows = normaliseRows(embedded.rows);
  const copies = embedded.copies && clipCount <= maxCopiedClips ? normaliseRows(embedded.copies) : undefined;
  const classOf = listClasses(embedded);
  return Object.entries(heads).map(([head, fit]) => ({
    head,
    clips: clipCount,
    ...averageDraws(embedded, clipCount, ({ trained, tested }) => {
      const own = {
        rows: takeRows(rows, trained),
        labels: trained.map((place) => at(classOf, place)),
        classes: embedded.labels.length,
      };
      const data =
        copies === undefined || head !== regression
          ? own
          : {
              ...own,
              rows: joinRows(own.rows, takeRows(copies, trained)),
              labels: [...own.labels, ...own.labels],
            };
      const fitted = fit(data);
      return measureAccuracy(
        fitted,
        takeRows(rows, tested),
        tested.map((place) => at(classOf, place)),
      );
    }),
  }));
}

/** Mean and deviation over the draws. @param measure percent of the tested clips */
export function averageDraws(
  embedded: Pick<EmbeddedClips, "clips" | "labels">,
  clipCount: number,
  measure: (draw: Draw) => number,
): ReturnType<typeof summarise> {
  return summarise(Array.from({ length: draws }, (_, draw) => measure(drawClips(embedded, clipCount, draw))));
}

/** Class of each clip. */
export function listClasses({ clips, labels }: Pick<EmbeddedClips, "clips" | "labels">): number[] {
  return clips.map(({ label }) => labels.indexOf(label));
}

/** @param rows of clips whose classes are `labels` @returns percent */
export function measureAccuracy(head: LinearHead, rows: Matrix, labels: readonly number[]): number {
  const scores = scoreRows(head, rows);
  const hits = labels.filter((label, position) => {
    const row = viewRow(scores, position);
    return row.indexOf(Math.max(...row)) === label;
  });
  return (100 * hits.length) / labels.length;
}

/** Mean and standard deviation, to a tenth. */
export function summarise(values: readonly number[]): {
  readonly draws: number;
  readonly accuracy: number;
  readonly deviation: number | null;
} {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const round = (value: number): number => Math.round(10 * value) / 10;
  return {
    draws: values.length,
    accuracy: round(mean),
    deviation: values.length < 2 ? null : round(Math.sqrt(squares / (values.length - 1))),
  };
}
