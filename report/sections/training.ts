import type { ReportData } from "../analysis/report-data.ts";
import type { Variant } from "../analysis/variant.ts";
import { drawLearningCurve, type Measure } from "../charts/learning-curve.ts";
import { formatAmount, formatFolds } from "../page/format.ts";
import { html, type Html } from "../page/html.ts";
import { renderFigure, renderPanels } from "../page/parts.ts";
import type { EpochRow, JobRun } from "../run/run-result.ts";
import type { Section } from "./section.ts";

const measureTitles = { accuracy: "Accuracy", loss: "Loss, mean cross-entropy in nats" } as const;

interface PanelData {
  readonly title: string;
  readonly jobs: readonly JobRun[];
}

/** Loss and accuracy over the epochs: one panel for each network and fold, all with the same axes. */
export async function writeTraining({ runs }: ReportData): Promise<Section | null> {
  const panels = runs.flatMap(({ run, variants }) =>
    variants.flatMap((variant) => listPanels(variant, runs.length > 1 ? `${run.name}: ` : "")),
  );
  if (panels.length === 0) return null;
  const accuracy = await drawPanels(panels, "accuracy");
  const loss = await drawPanels(panels, "loss");
  return {
    id: "training",
    title: "Training",
    body: html`<p class="legend">
        <span class="key second">train</span><span class="key first">validation</span
        ><span class="key rule">the epoch that was kept</span>
      </p>
      ${
        panels.length === 1
          ? renderPanels([...accuracy, ...loss], "wide")
          : html`<h3>${measureTitles.accuracy}</h3>
              ${renderPanels(accuracy)}
              <h3>${measureTitles.loss}</h3>
              ${renderPanels(loss)}`
      }`,
  };
}

/** Trainings on the same folds, which differ by seed, share a panel. */
function listPanels(variant: Variant, prefix: string): PanelData[] {
  const panels = new Map<string, JobRun[]>();
  for (const job of variant.jobs) {
    if (job.epochs.length === 0) continue;
    const title = `${prefix}${variant.title}${describeFolds(job)}`;
    panels.set(title, [...(panels.get(title) ?? []), job]);
  }
  return [...panels].map(([title, jobs]) => ({
    title: jobs.length > 1 ? `${title}, ${formatAmount(jobs.length, "seed")}` : title,
    jobs,
  }));
}

function describeFolds({ settings: { testFolds, validationFolds } }: JobRun): string {
  if (validationFolds.length > 0) return `, validated on ${formatFolds(validationFolds)}`;
  return testFolds.length > 0 ? `, tested on ${formatFolds(testFolds)}` : "";
}

async function drawPanels(panels: readonly PanelData[], measure: Measure): Promise<Html[]> {
  const rows = panels.flatMap(({ jobs }) => jobs.flatMap((job) => job.epochs));
  const epochs = Math.max(...rows.map(({ epoch }) => epoch));
  const highest = measure === "accuracy" ? 1 : findLossCeiling(rows);
  return Promise.all(
    panels.map(async ({ title, jobs }) => {
      const chart = await drawLearningCurve({
        title,
        measure,
        trainings: jobs.map((job) => job.epochs),
        selectedEpoch: jobs.length === 1 ? (jobs[0]?.selectedEpoch ?? null) : null,
        epochs,
        highest,
      });
      const heading = panels.length > 1 ? title : measureTitles[measure];
      return renderFigure({ title: heading, chart });
    }),
  );
}

/** The 99th percentile of all losses, so that one wild epoch does not flatten every panel. */
function findLossCeiling(rows: readonly EpochRow[]): number {
  const losses = rows
    .flatMap(({ trainLoss, validationLoss }) => [trainLoss, validationLoss])
    .filter((loss) => loss !== null)
    .sort((one, two) => one - two);
  const ceiling = losses[Math.floor(0.99 * (losses.length - 1))] ?? 1;
  return ceiling > 0 ? 1.05 * ceiling : 1;
}
