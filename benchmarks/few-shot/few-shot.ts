/**
 * How many clips a class are enough, with a frozen backbone: for 1, 2, 3, 5, 10 and 20 clips a class, 25 draws from all
 * folds but one, which is tested whole. Writes docs/few-shot.json and docs/few-shot.svg.
 *
 *     npx tsx benchmarks/few-shot/few-shot.ts ../shared/esc10 ../shared/backbones/yamnet.onnx
 */
import { at } from "../../common/at.ts";
import { createRandom, type Random } from "../../common/random.ts";
import { writeFileAtomically } from "../../common/write-atomically.ts";
import { readDataset } from "../../datasets/read-dataset.ts";
import { type LinearHead, scoreRows } from "../../heads/linear-head.ts";
import { fitLogisticRegression, type LabelledRows } from "../../heads/logistic-regression.ts";
import { type Matrix, normaliseRows, takeRows, viewRow } from "../../heads/matrix.ts";
import { fitNearestCentroid } from "../../heads/nearest-centroid.ts";
import { embedClips } from "../../pipeline/backbones/embed-clips.ts";
import { loadBackbone } from "../../pipeline/backbones/load-backbone.ts";
import { renderChart } from "../../report/charts/render-chart.ts";
import { fillColours } from "../measure/fill-colours.ts";

const clipCounts = [1, 2, 3, 5, 10, 20];
const draws = 25;
/** As `trainHead` where it has nothing to choose by. */
const strength = 100;

const heads: Readonly<Record<string, (data: LabelledRows) => LinearHead>> = {
  "logistic regression": (data) => fitLogisticRegression(data, strength),
  "nearest centroid": fitNearestCentroid,
};

interface Row {
  readonly head: string;
  readonly clips: number;
  /** Percent, mean and deviation over the draws. */
  readonly accuracy: number;
  readonly deviation: number;
}

const [data = "../shared/esc10", file = "../shared/backbones/yamnet.onnx"] = process.argv.slice(2);
const loaded = await loadBackbone(file);
const dataset = await readDataset(data);
const {
  clips,
  labels,
  rows: raw,
} = await embedClips(dataset, loaded, { skipBadClips: false, maxClipSeconds: 600 });
const rows = normaliseRows(raw);
const classOf = clips.map(({ label }) => labels.indexOf(label));
const folds = [...new Set(clips.map(({ fold }) => fold))].sort((a, b) => a - b);

const table: Row[] = [];
for (const count of clipCounts) {
  const accuracies = new Map(Object.keys(heads).map((name) => [name, new Array<number>()]));
  for (let draw = 0; draw < draws; draw++) {
    const random = createRandom(draw, `few-shot ${count}`);
    const test = at(folds, draw % folds.length);
    const trained = drawClips(count, test, random);
    const part = {
      rows: takeRows(rows, trained),
      labels: trained.map((index) => at(classOf, index)),
      classes: labels.length,
    };
    const tested = [...clips.keys()].filter((index) => at(clips, index).fold === test);
    for (const [name, fit] of Object.entries(heads))
      accuracies.get(name)?.push(measure(fit(part), rows, tested));
  }
  for (const [head, values] of accuracies) table.push(summarise(head, count, values));
  console.log(table.slice(-accuracies.size));
}
await writeFileAtomically(
  "docs/few-shot.json",
  `${JSON.stringify({ data: dataset.name, backbone: loaded.backbone.name, draws, rows: table }, null, 2)}\n`,
);
await writeFileAtomically("docs/few-shot.svg", `${fillColours((await draw(table)).markup)}\n`);

function drawClips(count: number, test: number, random: Random): number[] {
  return labels.flatMap((_, label) => {
    const own = [...clips.keys()].filter(
      (index) => classOf[index] === label && at(clips, index).fold !== test,
    );
    return random.shuffle(own).slice(0, count);
  });
}

/** Percent. */
function measure(head: LinearHead, all: Matrix, tested: readonly number[]): number {
  const scores = scoreRows(head, takeRows(all, tested));
  const hits = tested.filter((index, position) => {
    const row = viewRow(scores, position);
    return row.indexOf(Math.max(...row)) === classOf[index];
  });
  return (100 * hits.length) / tested.length;
}

function summarise(head: string, clipCount: number, values: readonly number[]): Row {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const round = (value: number): number => Math.round(10 * value) / 10;
  return {
    head,
    clips: clipCount,
    accuracy: round(mean),
    deviation: round(Math.sqrt(squares / (values.length - 1))),
  };
}

function draw(values: readonly Row[]) {
  return renderChart(
    {
      width: 420,
      height: 240,
      data: {
        values: values.map((row) => ({
          ...row,
          low: row.accuracy - row.deviation,
          high: Math.min(100, row.accuracy + row.deviation),
        })),
      },
      encoding: {
        x: {
          field: "clips",
          type: "quantitative",
          scale: { type: "log" },
          axis: { values: clipCounts, format: "d" },
          title: "training clips a class",
        },
        color: { field: "head", type: "nominal", title: null },
      },
      layer: [
        {
          mark: { type: "area", opacity: 0.15 },
          encoding: {
            y: { field: "low", type: "quantitative", title: "accuracy, %", scale: { domain: [50, 100] } },
            y2: { field: "high" },
          },
        },
        {
          mark: { type: "line", point: true },
          encoding: { y: { field: "accuracy", type: "quantitative", scale: { domain: [50, 100] } } },
        },
      ],
    },
    `Accuracy on ESC-10 by clips a class with ${loaded.backbone.name} frozen: mean and deviation of ${draws} draws`,
  );
}
