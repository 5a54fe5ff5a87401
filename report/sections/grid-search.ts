import { at } from "../../common/at.ts";
import { summariseSweep, type Configuration, type GridSearch } from "../analysis/grid-search.ts";
import type { ReportData } from "../analysis/report-data.ts";
import { shortenSetting } from "../analysis/variant.ts";
import { drawConfigurations } from "../charts/configurations-chart.ts";
import { drawParallelCoordinates, type ParallelAxis } from "../charts/parallel-coordinates.ts";
import { formatDifference, formatList, formatPercent, formatScore } from "../page/format.ts";
import { html, type Html } from "../../common/html.ts";
import { isolate, renderFigure, renderPanels, renderTable, type Column } from "../page/parts.ts";
import {
  isReferenceData,
  readReference,
  type Reference,
  type ReferenceGridRun,
} from "../reference/reference.ts";
import { nameNetwork } from "../run/job-settings.ts";
import type { Section } from "./section.ts";

/** Sweeps over hyper-parameters: every configuration, ours and the reference's, and which was best. */
export async function writeGridSearch({ runs }: ReportData): Promise<Section | null> {
  const reference = await readReference();
  const parts: Html[] = [];
  for (const { run, variants } of runs) {
    const sweep = summariseSweep(run, variants);
    if (sweep === null) continue;
    const known = isReferenceData(run.data.labels) ? reference : null;
    parts.push(
      html`${runs.length > 1 && html`<h3>${isolate(run.name)}</h3>`} ${await writeSweep(sweep, known)}`,
    );
  }
  if (parts.length === 0) return null;
  return { id: "grid-search", title: "Hyper-parameter search", body: html`${parts}` };
}

async function writeSweep(
  { settings, configurations }: GridSearch,
  reference: Reference | null,
): Promise<Html> {
  const names = [...new Set(configurations.map(nameNetwork))];
  const highestLoss = Math.max(
    ...configurations.flatMap(({ trainLoss, validationLoss }) => [trainLoss ?? 0, validationLoss ?? 0]),
  );
  const figures: Html[] = [];
  const parallels: Html[] = [];
  for (const network of names) {
    const own = configurations.filter((configuration) => nameNetwork(configuration) === network);
    const dots = (pick: (one: Configuration) => readonly [number | null, number | null]) =>
      own.map((one) => ({
        name: one.values.map(String).join(", "),
        train: pick(one)[0],
        validation: pick(one)[1],
      }));
    const accuracies = dots((one) => [one.trainAccuracy, one.validationAccuracy]);
    const losses = dots((one) => [one.trainLoss, one.validationLoss]);
    const draw = async (measure: "accuracy" | "loss", highest: number): Promise<Html> =>
      renderFigure({
        title: `${network}: ${measure}`,
        note: `rows: ${formatList(settings.map(shortenSetting))}`,
        chart: await drawConfigurations({
          title: network,
          measure,
          configurations: measure === "accuracy" ? accuracies : losses,
          highest,
        }),
      });
    figures.push(await draw("accuracy", 1), await draw("loss", 1.05 * highestLoss));
    parallels.push(
      renderFigure({
        title: `${network}: settings and validation accuracy`,
        note: "each line is a configuration; the best is coloured",
        chart: await drawSettings(own, settings, network),
      }),
    );
  }
  return html`<p class="legend">
      <span class="key second">train</span><span class="key first">validation</span>
    </p>
    ${renderPanels(figures, "wide")} ${renderPanels(parallels, "wide")}
    ${names.map((network) => {
      const own = configurations.filter((configuration) => nameNetwork(configuration) === network);
      return writeConfigurations(network, own, settings, reference);
    })}`;
}

function writeConfigurations(
  network: string,
  configurations: readonly Configuration[],
  settings: readonly string[],
  reference: Reference | null,
): Html {
  const find = (one: Configuration): ReferenceGridRun | null => findReferenceRun(one, settings, reference);
  const compared = configurations.some((configuration) => find(configuration) !== null);
  const referenceColumns: Column<Configuration>[] = [
    { group: "reference", title: "training, %", cell: (one) => formatScore(find(one)?.trainAccuracy, 2) },
    { group: "reference", title: "validation, %", cell: (one) => formatScore(find(one)?.valAccuracy, 2) },
    { group: "reference", title: "loss, summed", cell: (one) => formatScore(find(one)?.valLoss) },
    {
      group: "difference",
      title: "validation",
      cell: (one) => {
        const theirs = find(one);
        const ours = one.validationAccuracy;
        return formatDifference(theirs === null || ours === null ? null : 100 * ours - theirs.valAccuracy);
      },
    },
  ];
  const grid = reference?.gridSearch[configurations[0]?.architecture === "cnn" ? "cnn" : "cnn-transformer"];
  return html`${renderTable({
    caption: compared
      ? `${network}: every configuration, ours and the reference's (its tables 6–17)`
      : `${network}: every configuration`,
    rows: configurations,
    rowClass: ({ best }) => (best ? "best" : null),
    columns: [
      {
        title: "Configuration",
        kind: "text",
        cell: (one) => html`${describeValues(one, settings)}${one.best && " (best)"}`,
      },
      { group: "ours", title: "training, %", cell: (one) => formatPercent(one.trainAccuracy, 2) },
      { group: "ours", title: "validation, %", cell: (one) => formatPercent(one.validationAccuracy, 2) },
      { group: "ours", title: "training loss", cell: (one) => formatScore(one.trainLoss) },
      { group: "ours", title: "loss, mean", cell: (one) => formatScore(one.validationLoss) },
      ...(compared ? referenceColumns : []),
    ],
  })}
  ${
    compared &&
    grid !== undefined &&
    html`<p>
      The reference's best: weight decay ${grid.best.weightDecay}, ${grid.best.weightInit} initialisation.
    </p>`
  }`;
}

function findReferenceRun(
  { architecture, values }: Configuration,
  settings: readonly string[],
  reference: Reference | null,
): ReferenceGridRun | null {
  if (reference === null || (architecture !== "cnn" && architecture !== "cnn-transformer")) return null;
  const value = (name: string) => values[settings.findIndex((setting) => setting.endsWith(name))];
  const runs = reference.gridSearch[architecture].runs;
  return (
    runs.find((run) => run.weightDecay === value("weightDecay") && run.weightInit === value("weightInit")) ??
    null
  );
}

function describeValues({ values }: Configuration, settings: readonly string[]): string {
  return values
    .map((value, index) => `${shortenSetting(at(settings, index))} ${String(value ?? "–")}`)
    .join(", ");
}

async function drawSettings(
  configurations: readonly Configuration[],
  settings: readonly string[],
  network: string,
): Promise<Html> {
  const choices = settings.map((_, index) =>
    sortValues(configurations.map(({ values }) => values[index] ?? null)),
  );
  const accuracies = configurations.flatMap(({ validationAccuracy }) => validationAccuracy ?? []);
  const [low, high] = [Math.min(...accuracies), Math.max(...accuracies)];
  const place = (fraction: number): number => (high === low ? 0.5 : (fraction - low) / (high - low));
  const settingAxes = settings.map((name, index): ParallelAxis => {
    const values = at(choices, index);
    return {
      title: shortenSetting(name),
      ticks: values.map((value, rank) => ({
        at: spreadOut(rank, values.length),
        label: String(value ?? "–"),
      })),
    };
  });
  const ends = accuracies.length === 0 ? [] : [...new Set([low, high])];
  const resultAxis = {
    title: "validation",
    ticks: ends.map((fraction) => ({ at: place(fraction), label: `${formatPercent(fraction)} %` })),
  };
  return drawParallelCoordinates(
    [...settingAxes, resultAxis],
    configurations.map((one) => ({
      heights: [
        ...one.values.map((value, index) => {
          const values = at(choices, index);
          return spreadOut(values.indexOf(value), values.length);
        }),
        one.validationAccuracy === null ? null : place(one.validationAccuracy),
      ],
      strong: one.best,
      tip: `${describeValues(one, settings)}: validation ${formatPercent(one.validationAccuracy)} %`,
    })),
    `${network}: parallel coordinates of ${configurations.length} configurations; the table gives the numbers.`,
  );
}

function sortValues<Value extends string | number | boolean | null>(values: readonly Value[]): Value[] {
  return [...new Set(values)].sort((one, two) =>
    typeof one === "number" && typeof two === "number"
      ? one - two
      : String(one).localeCompare(String(two), "en"),
  );
}

function spreadOut(rank: number, count: number): number {
  return count < 2 ? 0.5 : rank / (count - 1);
}
