/** docs/measured/field-benchmark.json with every run, and the page and the picture that are made of it. */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { at } from "../../common/at.ts";
import { writeFileAtomically } from "../../common/write-atomically.ts";
import { renderChart } from "../../report/charts/render-chart.ts";
import { findMedian } from "../measure/find-median.ts";
import { collarsSeconds, type FieldRun, fieldRunsSchema, snrsDb } from "../../run-files/field-file.ts";
import { type FieldRow, findCondition, summariseField } from "../../report/analysis/field.ts";
import { fillColours } from "../measure/fill-colours.ts";

const kept = "docs/measured/field-benchmark.json";
/** Sounds that start and stop, whose starts are tabulated. */
const soundingLabels = ["Dog bark", "Person sneeze", "Rooster", "Clock tick"];

/** A run of the same name is replaced. */
export async function addFieldRun(run: FieldRun): Promise<void> {
  const before = existsSync(kept) ? fieldRunsSchema.parse(JSON.parse(await readFile(kept, "utf8"))) : [];
  const runs = before.some(({ name }) => name === run.name)
    ? before.map((one) => (one.name === run.name ? run : one))
    : [...before, run];
  await writeFileAtomically(kept, `${JSON.stringify(runs)}\n`);
  await writeFileAtomically("docs/field-benchmark.md", formatPage(runs));
  await writeFileAtomically("docs/measured/field-benchmark.svg", `${await drawRuns(runs)}\n`);
  console.log(formatTables(runs));
}

function formatPage(runs: readonly FieldRun[]): string {
  return `# In the field: events in minutes of background

<!-- Written by benchmarks/field/field.ts -->

How well a model finds sounds where it is used: once, at some time, over a background. Each soundscape is a minute of a synthesised background with none to four sounds at known times. The sounds are cut from the clips of a test fold, with 10 ms of precision; no clip of training is among them. The backgrounds (a ventilation, a street, voices in the next room, a kitchen) are made by other recipes than those of training ([beds.ts](../benchmarks/field/beds.ts)). A sound begins during another one in a quarter of the cases. The same soundscape is mixed at three signal-to-noise ratios: mean power of a sound while it sounds, over the background's mean power.

![Event F1 by signal-to-noise ratio](measured/field-benchmark.svg)

${formatTables(runs)}

- **Event F1** with a collar of 1 s or 0.25 s: a found event counts when its class is right, its start is within the collar and its end within the collar or half of the event's length. **Segment F1**: classes that are active in each second. Both by the definitions of sed_eval, with which a test compares them. Sounds of one clip that are less than 1 s apart are one event.
- **False alarms**: events found in backgrounds alone, an hour.
- **Class accuracy**: the class of the data set that is most probable over an event's time, for events that no other overlaps. Beside the signal-to-noise ratios stands the accuracy of \`classify\` on the clips as they are.
- **Start error**: median distance of a found event's start from the truth's; in brackets how many of the events were found.
- All numbers but the start errors are means over folds.

    npx tsx benchmarks/field/field.ts --name "model in the box"               # pretrained/esc10.onnx, trained on the clips
    npx tsx benchmarks/field/field.ts --name rotation --rotation runs/cv5     # each fold by the model that never had it

## How a window's answer and its steps are joined

Chosen on 12 of these soundscapes (folds 1 and 2, 18 sounds) with a model trained by the recipe with sounds placed in beds, 160 epochs on all clips, threshold 0.5; p is the window's probability, s the step's own. Event F1 with a collar of 1 s / 0.25 s, and the median distance of starts of the four classes above:

| joined as | 20 dB | 10 dB | 0 dB | starts, 20 dB | false alarms an hour |
| --- | ---: | ---: | ---: | ---: | ---: |
| p alone: an answer for each window, as before | 0.21 / 0.05 | 0.17 / 0.06 | 0.24 / 0.12 | 2.01 s | 20 |
| s alone | 0.24 / 0.16 | 0.16 / 0.11 | 0.19 / 0.11 | 0.06 s | 275 |
| sqrt(p s) | 0.52 / 0.35 | 0.47 / 0.33 | 0.30 / 0.25 | 0.21 s | 100 |
| p s / max(s) | 0.56 / 0.39 | 0.36 / 0.26 | 0.30 / 0.12 | 0.06 s | 10 |
| **p sqrt(s / max(s))** | 0.69 / 0.51 | 0.65 / 0.47 | 0.36 / 0.30 | 0.11 s | 20 |
| p cbrt(s / max(s)) | 0.57 / 0.51 | 0.53 / 0.29 | 0.36 / 0.36 | 0.24 s | 25 |

Sounds of a class within 1 s are one event in all rows but the first, whose windows are 2.5 s apart. The numbers are a choice's, not a test's: few sounds, and a model that was trained on them.

${runs
  .filter(({ note }) => note !== "")
  .map(({ name, note }) => `**${name}**: ${note}\n`)
  .join("\n")}`;
}

function formatTables(runs: readonly FieldRun[]): string {
  const scores = runs.flatMap((run) => {
    const { clipAccuracy, bedAlarmsPerHour, rows } = summariseField(run);
    return [
      `| **${run.name}** | clips | | | | ${formatPercent(clipAccuracy)} | | |`,
      `| | background | | | | | | ${bedAlarmsPerHour.toFixed(1)} |`,
      ...rows.map(formatRow),
    ];
  });
  const starts = runs.flatMap((run) =>
    snrsDb.map(
      (snrDb) =>
        `| **${run.name}** | ${snrDb} dB | ${soundingLabels.map((label) => formatStarts(run, snrDb, label)).join(" | ")} |`,
    ),
  );
  return [
    "| run | | event F1, 1 s | event F1, 0.25 s | segment F1 | class accuracy | overlapping events found | false alarms an hour |",
    "| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |",
    ...scores,
    "",
    `| start error | | ${soundingLabels.join(" | ")} |`,
    `| --- | --- | ${soundingLabels.map(() => "---:").join(" | ")} |`,
    ...starts,
  ].join("\n");
}

function formatRow({
  snrDb,
  eventF1,
  segmentF1,
  classAccuracy,
  overlaps,
  falseAlarmsPerHour,
}: FieldRow): string {
  const cells = [
    ...eventF1.map((f1) => f1.toFixed(3)),
    segmentF1.toFixed(3),
    formatPercent(classAccuracy),
    `${overlaps.found} of ${overlaps.events}`,
    falseAlarmsPerHour.toFixed(1),
  ];
  return `| | ${snrDb} dB | ${cells.join(" | ")} |`;
}

function formatStarts({ folds }: FieldRun, snrDb: number, label: string): string {
  const errors = folds.flatMap(
    ({ conditions }) => findCondition(conditions, snrDb).startErrors[label] ?? [], // a fold without such an event
  );
  const found = errors.filter((error) => error !== null);
  if (found.length === 0) return `none of ${errors.length}`;
  return `${findMedian(found).toFixed(2)} s (${found.length} of ${errors.length})`;
}

function formatPercent(fraction: number): string {
  return `${(100 * fraction).toFixed(1)} %`;
}

async function drawRuns(runs: readonly FieldRun[]): Promise<string> {
  const values = runs.flatMap((run) =>
    summariseField(run).rows.flatMap(({ snrDb, eventF1 }) =>
      collarsSeconds.map((collar, index) => ({
        run: run.name,
        snr: `${snrDb} dB`,
        collar: `collar ${collar} s`,
        f1: at(eventF1, index),
      })),
    ),
  );
  const chart = await renderChart(
    {
      data: { values },
      facet: { column: { field: "collar", type: "nominal", title: null, sort: null } },
      spec: {
        width: 200,
        height: 180,
        mark: { type: "bar" },
        encoding: {
          x: { field: "snr", type: "nominal", title: null, sort: null, axis: { labelAngle: 0 } },
          xOffset: { field: "run", sort: null },
          y: { field: "f1", type: "quantitative", title: "event F1", scale: { domain: [0, 1] } },
          color: { field: "run", type: "nominal", title: null, sort: null },
        },
      },
    },
    `Event F1 by signal-to-noise ratio: ${runs.map(({ name }) => name).join(", ")}`,
  );
  return fillColours(chart.markup);
}
