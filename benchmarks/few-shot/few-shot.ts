/**
 * How many clips a class are enough: heads on a frozen backbone, for 1, 2, 3, 5, 10 and 20 clips a class, 25 draws from
 * all folds but one, which is tested whole; and the CNN from scratch on the first of these draws, which takes minutes
 * each: the third argument says on how many (clips:draws), or `kept`: what the file has. Writes
 * docs/measured/few-shot.json and docs/measured/few-shot.svg.
 *
 *     npx tsx benchmarks/few-shot/few-shot.ts ../shared/esc10 ../shared/backbones/yamnet.onnx 1:5,2:1,3:1,5:1,10:1
 */
import { readFile } from "node:fs/promises";
import * as z from "zod";
import { writeFileAtomically } from "../../common/write-atomically.ts";
import { readDataset } from "../../datasets/read-dataset.ts";
import { copySpeed, embedClips } from "../../pipeline/backbones/embed-clips.ts";
import { loadBackbone } from "../../pipeline/backbones/load-backbone.ts";
import { renderChart } from "../../report/charts/render-chart.ts";
import { fillColours } from "../measure/fill-colours.ts";
import { type DrawnAccuracy, measureDraws } from "./measure-draws.ts";
import { fromScratch, trainDraws } from "./train-draws.ts";

const clipCounts = [1, 2, 3, 5, 10, 20];
const measuredFile = "docs/measured/few-shot.json";
const measuredSchema = z.object({
  rows: z.array(
    z.object({
      head: z.string(),
      clips: z.number(),
      draws: z.number(),
      accuracy: z.number(),
      deviation: z.nullable(z.number()),
    }),
  ),
});

const [
  data = "../shared/esc10",
  file = "../shared/backbones/yamnet.onnx",
  scratchDraws = "1:5,2:1,3:1,5:1,10:1",
] = process.argv.slice(2);
const loaded = await loadBackbone(file);
const dataset = await readDataset(data);
const settings = { skipBadClips: false, maxClipSeconds: 600 };
const { rows: copies } = await embedClips(dataset, loaded, { ...settings, speed: copySpeed });
const embedded = { ...(await embedClips(dataset, loaded, settings)), copies };

const table: DrawnAccuracy[] = [];
for (const count of clipCounts) {
  const measured = measureDraws(embedded, count);
  table.push(...measured);
  console.log(measured);
}
table.push(...(scratchDraws === "kept" ? await readKept() : await trainPlanned(scratchDraws)));
await writeFileAtomically(
  measuredFile,
  `${JSON.stringify({ data: dataset.name, backbone: loaded.backbone.name, rows: table }, null, 2)}\n`,
);
await writeFileAtomically("docs/measured/few-shot.svg", `${fillColours((await draw(table)).markup)}\n`);

async function trainPlanned(plan: string): Promise<DrawnAccuracy[]> {
  const counts = plan.split(",").map((part): [number, number] => {
    const [clips = NaN, count = NaN] = part.split(":").map(Number);
    return [clips, count];
  });
  const trained = await trainDraws(data, new Map(counts));
  console.log(trained);
  return trained;
}

/** What was trained before. */
async function readKept(): Promise<DrawnAccuracy[]> {
  const { rows } = measuredSchema.parse(JSON.parse(await readFile(measuredFile, "utf8")));
  return rows.filter(({ head }) => head === fromScratch);
}

function draw(values: readonly DrawnAccuracy[]) {
  const domain = [40, 100];
  return renderChart(
    {
      width: 420,
      height: 240,
      data: {
        values: values.map((row) => ({
          ...row,
          low: row.accuracy - (row.deviation ?? 0),
          high: Math.min(100, row.accuracy + (row.deviation ?? 0)),
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
        color: { field: "head", type: "nominal", title: null, legend: { labelLimit: 200 } },
      },
      layer: [
        {
          mark: { type: "area", opacity: 0.15 },
          encoding: {
            y: { field: "low", type: "quantitative", title: "accuracy, %", scale: { domain } },
            y2: { field: "high" },
          },
        },
        {
          mark: { type: "line", point: true },
          encoding: { y: { field: "accuracy", type: "quantitative", scale: { domain } } },
        },
      ],
    },
    `Accuracy on ESC-10 by clips a class: heads on ${loaded.backbone.name}, frozen, and the CNN from scratch`,
  );
}
