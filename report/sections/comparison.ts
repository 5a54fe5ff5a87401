import { comparePairs } from "../analysis/compare-runs.ts";
import { scoreJob, spreadOverSeeds, type JobScore, type Spread } from "../analysis/job-score.ts";
import { nameVariant, type ReportData, type RunReport, type VariantReport } from "../analysis/report-data.ts";
import { formatDifference, formatPercent, formatPercentInterval, formatScore } from "../page/format.ts";
import { html, type Html } from "../../common/html.ts";
import { isolate, renderTable } from "../page/parts.ts";
import type { Split } from "../../run-files/prediction.ts";
import type { Section } from "./section.ts";

interface NetworkRow {
  readonly name: string;
  readonly variant: VariantReport;
  readonly test: Spread;
  readonly validation: Spread;
  readonly macroF1: Spread;
}

/** All networks and runs in one table, and whether they differ by more than chance on the same clips. */
export function writeComparison(report: ReportData): Section | null {
  const rows = report.runs.flatMap((run) =>
    run.variants.map((variant) => summariseNetwork(run, variant, report)),
  );
  if (rows.length < 2) return null;
  return {
    id: "networks",
    title: report.runs.length > 1 ? "Comparison of the runs" : "Comparison of the networks",
    body: html`${renderTable({
      caption:
        "Accuracy in percent: mean ± deviation over the seeds (of one seed, between the folds); the interval is for the clips",
      rows,
      columns: [
        { title: "Network", kind: "text", cell: ({ name }) => isolate(name) },
        { title: "trainings", cell: ({ variant }) => variant.jobs.length },
        { title: "test", cell: ({ test }) => formatSpread(test) },
        { title: "95 % interval", cell: ({ variant }) => formatInterval(variant) },
        { title: "validation", cell: ({ validation }) => formatSpread(validation) },
        { title: "macro F1", cell: ({ macroF1 }) => formatScore(macroF1.mean) },
      ],
    })}
    ${writePairs(report)}`,
  };
}

function summariseNetwork({ run }: RunReport, variant: VariantReport, report: ReportData): NetworkRow {
  const measure = (split: Split, pick: (score: JobScore) => number | null): Spread =>
    spreadOverSeeds(variant.jobs, (job) => {
      const score = scoreJob(job, run.data.labels, split);
      return score === null ? null : pick(score);
    });
  return {
    name: nameVariant(report, run, variant),
    variant,
    test: measure("test", ({ accuracy }) => accuracy),
    validation: measure("validation", ({ accuracy }) => accuracy),
    macroF1: measure(variant.scored?.split ?? "test", ({ macroF1 }) => macroF1),
  };
}

function writePairs(report: ReportData): Html | null {
  const pairs = comparePairs(report);
  const [one] = pairs;
  if (one === undefined) return null;
  return html`<h3>Significance</h3>
    <p>
      McNemar's exact test of ${isolate(one.first)} against each other network, on the clips that both were
      scored on; where several trainings scored a clip, their majority counts. p is the probability of a
      difference at least this large if both were equally good; below 0.05 a difference is usually called
      significant.
    </p>
    ${renderTable({
      caption: `Clips that only one network classifies correctly`,
      rows: pairs,
      columns: [
        { title: "Against", kind: "text", cell: ({ second }) => isolate(second) },
        { title: "clips", cell: ({ clips }) => clips },
        {
          title: "difference, points",
          cell: ({ firstAccuracy, secondAccuracy }) =>
            formatDifference(100 * (firstAccuracy - secondAccuracy)),
        },
        { title: "only first correct", cell: ({ test }) => test.onlyFirst },
        { title: "only other correct", cell: ({ test }) => test.onlySecond },
        { title: "p", cell: ({ test }) => (test.pValue < 0.001 ? "< 0.001" : test.pValue.toFixed(3)) },
      ],
    })}`;
}

function formatSpread({ mean, deviation }: Spread): string {
  return deviation === null
    ? formatPercent(mean, 2)
    : `${formatPercent(mean, 2)} ± ${formatPercent(deviation, 2)}`;
}

function formatInterval({ scored }: VariantReport): string {
  return scored?.split === "test"
    ? formatPercentInterval(scored.evaluation.accuracyInterval)
    : formatPercentInterval(null);
}
