import { groupBy } from "../../datasets/folds/group-by.ts";
import { findTarget, limits, targets } from "./targets.ts";
import { findBestRow, formatFigure, isBound } from "./print-case.ts";
import type { BenchmarkResult, Growth, Row } from "./row.ts";

const barLength = 10;

/** docs/benchmarks.md of the results. */
export function formatResults({ rows, absent, machines, growth }: BenchmarkResult): string {
  const names = [...new Set([...targets, ...rows].map(({ benchmark }) => benchmark))].filter((name) =>
    rows.some(({ benchmark }) => benchmark === name),
  );
  const sections = names.map((name) =>
    formatBenchmark(
      name,
      rows.filter(({ benchmark }) => benchmark === name),
      machines[name] ?? "unknown machine",
    ),
  );
  const absences = absent.map(
    ({ benchmark, case: title, engine, reason }) => `- ${benchmark}, ${title}: ${engine}: ${reason}`,
  );
  return [
    "# Benchmarks",
    "",
    "Written by `npm run bench:docs` from docs/measured/benchmarks.json; do not edit. A ratio is ours over the peer's in the " +
      "same round, median of the rounds (least to largest): below 1 ours takes less. In the bars ten blocks are the " +
      "peer. Each engine has a process of its own, and the rounds are interleaved. `npm run bench:setup` installs the " +
      "Python peers, `npm run bench -- --only NAME` measures anew, `--profile` shows what ours spends its time on.",
    "",
    ...sections,
    ...(growth.length === 0 ? [] : [formatGrowth(growth, machines.growth ?? "unknown machine")]),
    "## Absent where this was measured",
    "",
    ...(absences.length === 0 ? ["None."] : absences),
    "",
  ].join("\n");
}

function formatBenchmark(name: string, rows: readonly Row[], machine: string): string {
  const lines = groupByCase(rows).flatMap((group) => {
    const best = findBestRow(group);
    return group
      .filter((row) => row.subject === best?.subject || row.subject === group[0]?.subject)
      .map((row) => formatRow(row, row === best));
  });
  const versions = new Map(rows.flatMap((row) => Object.entries(row.versions)));
  const limit = limits[name];
  return [
    `## ${name}`,
    "",
    `${machine}; ${[...versions].map(([engine, version]) => `${engine} ${version}`).join(", ")}.`,
    "",
    ...(limit === undefined ? [] : [limit, ""]),
    "| case | ours | peer | ours takes | peer takes | ratio | | target |",
    "| --- | --- | --- | ---: | ---: | --- | --- | --- |",
    ...lines,
    "",
    ...formatShares(rows),
  ].join("\n");
}

/** What each engine reaches of a benchmark's bound, where it has one. */
function formatShares(rows: readonly Row[]): string[] {
  const lines = groupByCase(rows).flatMap((group) => {
    const bound = group.find(({ peer }) => isBound(peer))?.peerMedian;
    if (bound === undefined) return [];
    const medians = new Map(
      group.flatMap(({ subject, subjectMedian, peer, peerMedian }) => [
        [subject, subjectMedian] as const,
        [peer, peerMedian] as const,
      ]),
    );
    const shares = [...medians]
      .filter(([engine]) => !isBound(engine))
      .map(([engine, median]) => `${engine} ${Math.round((100 * bound) / median)} %`);
    return [`| ${group[0]?.case ?? ""} | ${shares.join(", ")} |`];
  });
  return lines.length === 0 ? [] : ["| case | reached of the bound's speed |", "| --- | --- |", ...lines, ""];
}

function formatGrowth(growth: readonly Growth[], machine: string): string {
  return [
    "## growth",
    "",
    `${machine}. The exponent is that of the power law that fits the points best: 1 is linear growth, 0 none.`,
    "",
    "| what grows | cost | exponent | points |",
    "| --- | --- | ---: | --- |",
    ...growth.map(({ axis, unit, exponent, points }) => {
      const listed = points.map(({ size, cost }) => `${size}: ${formatFigure(cost)}`);
      return `| ${axis} | ${unit} | ${exponent.toFixed(2)} | ${listed.join(", ")} |`;
    }),
    "",
  ].join("\n");
}

/** Rows of one case and unit. */
function groupByCase(rows: readonly Row[]): Row[][] {
  return [...groupBy(rows, (row) => `${row.case}\n${row.unit}`).values()];
}

function formatRow(row: Row, isBest: boolean): string {
  const target = findTarget(row, isBest);
  const spread = `${row.ratioMin.toPrecision(2)} to ${row.ratioMax.toPrecision(2)}`;
  const cells = [
    row.case,
    row.subject,
    isBest && !isBound(row.peer) ? `**${row.peer}**` : row.peer,
    `${formatFigure(row.subjectMedian)} ${row.unit}`,
    `${formatFigure(row.peerMedian)} ${row.unit}`,
    `${row.ratio.toPrecision(2)} (${spread})`,
    drawBar(row.ratio),
    target === undefined ? "" : `${target}: ${judge(row, target)}`,
  ];
  return `| ${cells.join(" | ")} |`;
}

/** Rounds on both sides of 1 do not say which of the two is faster, whatever their median. */
function judge({ ratio, ratioMin, ratioMax }: Row, target: number): string {
  if (!(ratio <= target)) return "missed";
  return ratioMin < 1 && ratioMax > 1 ? "undecided" : "reached";
}

/** Ten blocks are a ratio of 1; what is longer than two peers is cut. */
export function drawBar(ratio: number): string {
  const blocks = Math.round(ratio * barLength);
  return blocks > 2 * barLength ? `${"█".repeat(2 * barLength)}…` : "█".repeat(blocks) || "▏";
}
