import { at } from "../common/at.ts";
import { scoreJob, spread } from "./analysis/job-score.ts";
import type { ReportData, RunReport } from "./analysis/report-data.ts";
import { nameClasses } from "./page/class-names.ts";
import { formatCount, formatPercent, formatPercentInterval, formatScore, formatTiny } from "./page/format.ts";

/** The report's numbers as tables that a mail or a pull request can hold. */
export function summariseAsMarkdown(report: ReportData): string {
  const parts = [
    `# ${escapeMarkdown(report.main.variant?.title ?? "A run")} on ${escapeMarkdown(report.main.run.data.name)}`,
    ...(report.problems.length === 0
      ? []
      : ["## What is missing", report.problems.map((problem) => `- ${escapeMarkdown(problem)}`).join("\n")]),
    ...report.runs.flatMap(describeRun),
  ];
  return `${parts.join("\n\n")}\n`;
}

function describeRun({ run, variants }: RunReport): string[] {
  const ofSets = variants.flatMap(({ title, jobs, labelSets }) =>
    labelSets === null
      ? []
      : [
          [
            title,
            labelSets.split,
            jobs.length,
            labelSets.distinctClips,
            formatScore(labelSets.meanAveragePrecision),
            formatScore(labelSets.macroF1),
            formatPercent(labelSets.allRight),
          ],
        ],
  );
  const rows = variants.map(({ title, jobs, scored }) => {
    const split = scored?.split ?? "test";
    const perJob = spread(jobs.map((job) => scoreJob(job, run.data.labels, split)?.accuracy));
    return [
      title,
      split,
      jobs.length,
      scored?.distinctClips ?? 0,
      formatPercent(scored?.evaluation.overall.accuracy ?? perJob.mean, 2),
      formatPercentInterval(scored?.evaluation.accuracyInterval),
      formatScore(scored?.evaluation.overall.macroF1),
    ];
  });
  const parity = run.parity.map(({ target, maxAbsoluteDifference, topClassAgreement, passed }) => [
    target,
    formatTiny(maxAbsoluteDifference),
    formatPercent(topClassAgreement),
    passed ? "passed" : "failed",
  ]);
  const size = run.parameters === null ? [] : [`${formatCount(run.parameters)} parameters.`];
  return [
    `## Run ${escapeMarkdown(run.name)}`,
    ...size,
    ofSets.length > 0
      ? renderRows(
          ["network", "split", "trainings", "clips", "mAP", "macro F1", "all classes right, %"],
          ofSets,
        )
      : renderRows(
          ["network", "split", "trainings", "clips", "accuracy, %", "95 % interval", "macro F1"],
          rows,
        ),
    ...describeClasses({ run, variants }),
    ...(parity.length === 0
      ? []
      : [renderRows(["runtime", "largest difference", "same class, %", "verdict"], parity)]),
  ];
}

function describeClasses({ run, variants }: RunReport): string[] {
  const sets = variants.find(({ labelSets }) => labelSets !== null)?.labelSets?.classes;
  if (sets !== undefined)
    return [
      renderRows(
        ["class", "clips", "average precision", "threshold", "precision", "recall", "F1"],
        sets.map(({ label, clips, averagePrecision, threshold, precision, recall, f1 }) => [
          ...[label, clips],
          ...[averagePrecision, threshold, precision, recall, f1].map((score) => formatScore(score)),
        ]),
      ),
    ];
  const evaluation = variants.find(({ scored }) => scored !== null)?.scored?.evaluation;
  if (evaluation === undefined) return [];
  const names = nameClasses(run.data.labels);
  const rows = evaluation.classes.map(({ support, precision, recall, f1 }, index) => [
    at(names, index),
    support,
    formatScore(precision),
    formatScore(recall),
    formatScore(f1),
  ]);
  return [renderRows(["class", "clips", "precision", "recall", "F1"], rows)];
}

function renderRows(titles: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const line = (cells: readonly (string | number)[]): string =>
    `| ${cells.map((cell) => escapeMarkdown(String(cell))).join(" | ")} |`;
  return [line(titles), `|${titles.map(() => " --- ").join("|")}|`, ...rows.map(line)].join("\n");
}

/** Names cannot make markup, links or table cells of their own. */
function escapeMarkdown(text: string): string {
  return text.replaceAll(/\s+/g, " ").replaceAll(/[\\`*_[\]<>|#~&!]/g, (character) => `\\${character}`);
}
