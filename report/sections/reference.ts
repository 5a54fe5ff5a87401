import type { ReportData } from "../analysis/report-data.ts";
import { spread } from "../analysis/job-score.ts";
import { formatCount, formatDifference, formatScore, undefinedMark } from "../page/format.ts";
import { html, type Html } from "../../common/html.ts";
import { renderTable, type Column } from "../page/parts.ts";
import { compareCells, type CellPair, type NetworkPairs, type OurCell } from "../reference/compare-cells.ts";
import { readReference, type ReferenceCell } from "../reference/reference.ts";
import { nameNetwork } from "../run/job-settings.ts";
import type { Section } from "./section.ts";

/** The reference's tables 1 to 5 beside our trainings by the same protocol. */
export async function writeReference(report: ReportData): Promise<Section | null> {
  const reference = await readReference();
  const networks = compareCells(report, reference);
  if (networks.length === 0) return null;
  const seeds = Math.max(...networks.flatMap(({ cells }) => cells.map(({ ours }) => ours?.trainings ?? 0)));
  return {
    id: "reference",
    title: "Comparison with the reference experiment",
    body: html`<p>
        ${reference.source}: fold 1 tests, folds 2 to 5 validate in turn, the three others train. Its numbers
        stand left of ours${seeds > 1 && `, which are means of up to ${seeds} seeds`}. One clip of a fold is
        1.25 points.
      </p>
      ${networks.map(writeAccuracies)}
      <h3>Losses</h3>
      <p>
        The reference prints losses summed over batches, ours are means in nats, so the two cannot be compared
        as they stand. The columns “summed” give ours in its way, over batches of 32 clips; its batch size is
        not known.
      </p>
      ${networks.map(writeLosses)} ${writeParameters(report, reference.parameters)}`,
  };
}

type Row = CellPair | { readonly fold: null; readonly cells: readonly CellPair[] };

function writeAccuracies({ network, cells }: NetworkPairs): Html {
  const rows: Row[] = [...cells, { fold: null, cells }];
  return renderTable({
    caption: `${nameNetwork(network)}: accuracies in percent, macro F1 from 0 to 1 (reference tables 1–5)`,
    rows,
    columns: [
      { title: "Validation fold", kind: "text", cell: ({ fold }) => fold ?? "mean" },
      ...compareColumns("test accuracy", "testAccuracy", 2),
      ...compareColumns("validation accuracy", "valAccuracy", 2),
      ...compareColumns("running mean of validation", "averageValAccuracy", 2),
      ...compareColumns("test macro F1", "testF1", 3),
      ...compareColumns("training accuracy", "trainAccuracy", 2),
    ],
  });
}

type Measure = keyof ReferenceCell & keyof OurCell;

function compareColumns(group: string, measure: Measure, digits: number): Column<Row>[] {
  return [
    { group, title: "ref.", cell: (row) => formatScore(pickReference(row, measure), digits) },
    { group, title: "ours", cell: (row) => formatScore(pickOurs(row, measure), digits) },
    {
      group,
      title: "±",
      cell: (row) => {
        const [theirs, ours] = [pickReference(row, measure), pickOurs(row, measure)];
        return formatDifference(theirs === null || ours === null ? null : ours - theirs, digits);
      },
    },
  ];
}

function pickReference(row: Row, measure: Measure): number | null {
  return row.fold === null
    ? spread(row.cells.map((cell) => cell.reference[measure])).mean
    : row.reference[measure];
}

/** The mean of all folds is left out while one is missing: it would not be the mean of the same folds. */
function pickOurs(row: Row, measure: keyof OurCell): number | null {
  if (row.fold !== null) return row.ours?.[measure] ?? null;
  const values = row.cells.map(({ ours }) => ours?.[measure] ?? null);
  return values.includes(null) ? null : spread(values).mean;
}

function writeLosses({ network, cells }: NetworkPairs): Html {
  const ours = (group: string, title: string, measure: keyof OurCell): Column<CellPair> => ({
    group,
    title,
    cell: (row) => formatScore(pickOurs(row, measure)),
  });
  const theirs = (group: string, measure: "testLoss" | "valLoss" | "trainLoss"): Column<CellPair> => ({
    group,
    title: "ref. summed",
    cell: ({ reference }) => formatScore(reference[measure]),
  });
  return renderTable({
    caption: `${nameNetwork(network)}: losses`,
    rows: cells,
    columns: [
      { title: "Validation fold", kind: "text", cell: ({ fold }) => fold },
      theirs("test", "testLoss"),
      ours("test", "ours summed", "summedTestLoss"),
      ours("test", "ours mean", "testLoss"),
      theirs("validation", "valLoss"),
      ours("validation", "ours summed", "summedValLoss"),
      ours("validation", "ours mean", "valLoss"),
      theirs("training", "trainLoss"),
      ours("training", "ours mean", "trainLoss"),
    ],
  });
}

function writeParameters(
  { runs }: ReportData,
  reference: Record<"cnn" | "cnn-transformer", { readonly total: number }>,
): Html {
  const rows = (["cnn", "cnn-transformer"] as const).map((architecture) => ({
    name: nameNetwork({ architecture, heads: null }),
    theirs: reference[architecture].total,
    // A run has one count: that of its first network.
    ours:
      runs.find(({ variants }) => variants[0]?.settings.architecture === architecture)?.run.parameters ??
      null,
  }));
  return renderTable({
    caption: "Parameters, all trainable, the same for any number of heads",
    rows,
    columns: [
      { title: "Network", kind: "text", cell: ({ name }) => name },
      { title: "reference", cell: ({ theirs }) => formatCount(theirs) },
      { title: "ours", cell: ({ ours }) => (ours === null ? undefinedMark : formatCount(ours)) },
    ],
  });
}
