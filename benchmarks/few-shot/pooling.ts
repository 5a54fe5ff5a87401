/**
 * How the embeddings of a clip's windows become one vector: mean, maximum, both, or attention, whose query trains along
 * with the head. Prints the accuracy of logistic regression on each for 1 to 20 clips a class, 25 draws.
 *
 *     npx tsx benchmarks/few-shot/pooling.ts ../shared/esc10 ../shared/backbones/yamnet.onnx
 */
import { at } from "../../common/at.ts";
import { readDataset } from "../../datasets/read-dataset.ts";
import { type LinearHead, scoreRows } from "../../heads/linear-head.ts";
import { fitLogisticRegression } from "../../heads/logistic-regression.ts";
import {
  addScaled,
  type Matrix,
  multiply,
  normaliseRows,
  stackRows,
  takeRows,
  viewRow,
} from "../../heads/matrix.ts";
import { minimise } from "../../heads/minimise.ts";
import { poolWindows } from "../../heads/pool-windows.ts";
import { toProbabilities } from "../../heads/temperature.ts";
import { embedClips } from "../../pipeline/backbones/embed-clips.ts";
import { loadBackbone } from "../../pipeline/backbones/load-backbone.ts";
import { averageDraws, listClasses, measureAccuracy } from "./measure-draws.ts";

const clipCounts = [1, 2, 3, 5, 10, 20];
const strength = 100;

const [data = "../shared/esc10", file = "../shared/backbones/yamnet.onnx"] = process.argv.slice(2);
const embedded = await embedClips(await readDataset(data), await loadBackbone(file), {
  skipBadClips: false,
  maxClipSeconds: 600,
});
const classOf = listClasses(embedded);
const classes = embedded.labels.length;
const windowsOf: Matrix[] = [];
for (const index of embedded.clips.keys()) {
  const { values, frames, bands } = await embedded.featureSet.read(index);
  windowsOf.push({ rows: frames, columns: bands, values: Float64Array.from(values) });
}

for (const pooling of ["mean", "max", "mean-max"] as const) {
  const rows = normaliseRows(stackRows(windowsOf.map((windows) => poolWindows(windows, pooling))));
  print(pooling, (trained, tested) => {
    const head = fitLogisticRegression(
      { rows: takeRows(rows, trained), labels: listLabels(trained), classes },
      strength,
    );
    return measureAccuracy(head, takeRows(rows, tested), listLabels(tested));
  });
}
const unit = windowsOf.map(normaliseRows);
const takeWindows = (places: readonly number[]): Matrix[] => places.map((place) => at(unit, place));
print("attention", (trained, tested) => {
  const { head, query } = fitAttention(takeWindows(trained), listLabels(trained));
  const rows = stackRows(takeWindows(tested).map((windows) => attend(windows, query).pooled));
  return measureAccuracy(head, rows, listLabels(tested));
});

function print(
  name: string,
  measure: (trained: readonly number[], tested: readonly number[]) => number,
): void {
  const cells = clipCounts.map((count) => {
    const { accuracy, deviation } = averageDraws(embedded, count, ({ trained, tested }) =>
      measure(trained, tested),
    );
    return `${accuracy.toFixed(1)} ± ${deviation?.toFixed(1) ?? "none"}`;
  });
  console.log([name, ...cells].join(" | "));
}

function listLabels(places: readonly number[]): number[] {
  return places.map((place) => at(classOf, place));
}

/** Weights are the softmax of query x window (Ilse et al. 2018, without the hidden layer); pooled is their sum. */
function attend(windows: Matrix, query: Float64Array): { weights: Float64Array; pooled: Float64Array } {
  const scores = Float64Array.from({ length: windows.rows }, (_, row) =>
    multiply(viewRow(windows, row), query),
  );
  const weights = toProbabilities({ rows: 1, columns: windows.rows, values: scores }).values;
  const pooled = new Float64Array(windows.columns);
  for (const [row, weight] of weights.entries()) addScaled(pooled, viewRow(windows, row), weight);
  return { weights, pooled };
}

/** Least 1/2 |W|^2 + 1/2 |query|^2 + C sum of cross-entropies. */
function fitAttention(
  clips: readonly Matrix[],
  labels: readonly number[],
): { head: LinearHead; query: Float64Array } {
  const columns = at(clips, 0).columns;
  const size = classes * columns;
  const split = (values: Float64Array) => ({
    head: {
      weights: { rows: classes, columns, values: values.subarray(0, size) },
      bias: values.subarray(size, size + classes),
    },
    query: values.subarray(size + classes),
  });
  const solution = minimise(
    (parameters, gradient) => {
      gradient.set(parameters);
      gradient.fill(0, size, size + classes);
      const { head, query } = split(parameters);
      const slope = split(gradient);
      let loss = (multiply(parameters, parameters) - multiply(head.bias, head.bias)) / 2;
      for (const [index, windows] of clips.entries()) {
        const { weights, pooled } = attend(windows, query);
        const row = { rows: 1, columns, values: pooled };
        const errors = toProbabilities(scoreRows(head, row)).values;
        const label = at(labels, index);
        loss -= strength * Math.log(Math.max(at(errors, label), 1e-300));
        errors[label] = at(errors, label) - 1;
        const towards = new Float64Array(columns);
        for (const [one, error] of errors.entries()) {
          addScaled(viewRow(slope.head.weights, one), pooled, strength * error);
          addScaled(towards, viewRow(head.weights, one), strength * error);
          slope.head.bias[one] = at(slope.head.bias, one) + strength * error;
        }
        const mean = multiply(towards, pooled);
        for (const [window, weight] of weights.entries()) {
          const own = viewRow(windows, window);
          addScaled(slope.query, own, weight * (multiply(towards, own) - mean));
        }
      }
      return loss;
    },
    new Float64Array(size + classes + columns),
    { maxIterations: 300, valueTolerance: 1e-4 },
  );
  return split(solution);
}
