import { at } from "../../common/at.ts";
import { nameVariant, type ReportData } from "../analysis/report-data.ts";
import type { Variant } from "../analysis/variant.ts";
import { drawLearningCurve, type Measure } from "../charts/learning-curve.ts";
import { formatAmount, formatFolds } from "../page/format.ts";
import { html, type Html } from "../../common/html.ts";
import { isolate, renderFigure, renderPanels } from "../page/parts.ts";
import type { EpochMetrics } from "../../run-files/epoch-metrics.ts";
import type { JobRun } from "../run/run-result.ts";
import type { Section } from "./section.ts";

/** Trainings that share a panel: they differ by seed alone. */
interface Panel {
  readonly folds: string;
  readonly jobs: readonly JobRun[];
}

interface PanelGroup {
  readonly title: string;
  readonly panels: readonly Panel[];
}

/** Ends of the axes, the same in all panels, so that they can be compared by eye. */
interface Ends {
  readonly epochs: number;
  readonly accuracy: number;
  readonly loss: number;
}

const measureTitles = { accuracy: "Accuracy", loss: "Loss, mean cross-entropy in nats" } as const;

/** Loss and accuracy over the epochs: small multiples, a row for each network, a panel for each fold. */
export async function writeTraining(report: ReportData): Promise<Section | null> {
  const groups = report.runs.flatMap(({ run, variants }) =>
    variants.flatMap((variant) => {
      const panels = listPanels(variant);
      const title = nameVariant(report, run, variant);
      return panels.length === 0 ? [] : [{ title, panels }];
    }),
  );
  if (groups.length === 0) return null;
  const rows = groups.flatMap(({ panels }) =>
    panels.flatMap(({ jobs }) => jobs.flatMap((job) => job.epochs)),
  );
  const ends = {
    epochs: rows.reduce((most, { epoch }) => Math.max(most, epoch), 0),
    accuracy: 1,
    loss: findLossCeiling(rows),
  };
  const parts: Html[] = [];
  for (const group of groups) parts.push(await drawGroup(group, ends, groups.length > 1));
  return {
    id: "training",
    title: "Training",
    body: html`<p class="legend">
        <span class="key second">train</span><span class="key first">validation</span
        ><span class="key rule">the epoch that was kept</span>
      </p>
      ${parts}`,
  };
}

function listPanels({ jobs }: Variant): Panel[] {
  const panels = new Map<string, JobRun[]>();
  for (const job of jobs) {
    if (job.epochs.length === 0) continue;
    const folds = describeFolds(job);
    panels.set(folds, [...(panels.get(folds) ?? []), job]);
  }
  return [...panels].map(([folds, own]) => ({
    folds: own.length > 1 ? `${folds}, ${formatAmount(own.length, "seed")}` : folds,
    jobs: own,
  }));
}

function describeFolds({ settings: { testFolds, validationFolds } }: JobRun): string {
  if (validationFolds.length > 0) return `validated on ${formatFolds(validationFolds)}`;
  return testFolds.length > 0 ? `tested on ${formatFolds(testFolds)}` : "all folds";
}

/** One network: with one panel, accuracy beside loss; with several, a row of each. */
async function drawGroup({ title, panels }: PanelGroup, ends: Ends, titled: boolean): Promise<Html> {
  const draw = (measure: Measure): Promise<Html[]> =>
    Promise.all(panels.map((panel) => drawPanel(title, panel, measure, ends, panels.length > 1)));
  const [accuracy, loss] = [await draw("accuracy"), await draw("loss")];
  const heading = titled && html`<h3>${isolate(title)}</h3>`;
  if (panels.length === 1) return html`${heading} ${renderPanels([...accuracy, ...loss], "wide")}`;
  return html`${heading} ${renderPanels(accuracy, "narrow")} ${renderPanels(loss, "narrow")}`;
}

async function drawPanel(
  title: string,
  { folds, jobs }: Panel,
  measure: Measure,
  ends: Ends,
  several: boolean,
): Promise<Html> {
  const chart = await drawLearningCurve({
    title: `${title}, ${folds}`,
    measure,
    trainings: jobs.map((job) => job.epochs),
    selectedEpoch: jobs.length === 1 ? (jobs[0]?.selectedEpoch ?? null) : null,
    epochs: ends.epochs,
    highest: ends[measure],
  });
  return renderFigure({
    title: several ? `${measure === "loss" ? "Loss" : "Accuracy"}, ${folds}` : nameMeasure(measure, jobs),
    chart,
  });
}

/** Where clips may have several classes, an epoch is chosen by another measure than the one of training clips. */
function nameMeasure(measure: Measure, jobs: readonly JobRun[]): string {
  const isPrecision = jobs.some(({ epochs }) => epochs[0]?.validationMeanAveragePrecision !== undefined);
  if (!isPrecision) return measureTitles[measure];
  return measure === "loss"
    ? "Loss, mean binary cross-entropy in nats"
    : "Train: all classes right; validation: mean average precision";
}

/** The 99th percentile of all losses, so that one wild epoch does not flatten every panel. */
function findLossCeiling(rows: readonly EpochMetrics[]): number {
  const losses = rows
    .flatMap(({ trainLoss, validationLoss }) => [trainLoss, validationLoss])
    .filter((loss) => loss !== null)
    .sort((one, two) => one - two);
  if (losses.length === 0) return 1;
  const ceiling = at(losses, Math.floor(0.99 * (losses.length - 1)));
  return ceiling > 0 ? 1.05 * ceiling : 1;
}
