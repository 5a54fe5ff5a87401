import { at } from "../../common/at.ts";
import { html, type Html } from "../../common/html.ts";
import { listConfusedClips } from "../analysis/confused-clips.ts";
import { listConfusedPairs } from "../analysis/confused-pairs.ts";
import { scoreJob, spread, spreadOverSeeds } from "../analysis/job-score.ts";
import { nameVariant, type ReportData } from "../analysis/report-data.ts";
import { drawRankedBars, type RankedBar } from "../charts/ranked-bars.ts";
import { nameClasses } from "../page/class-names.ts";
import { formatAmount, formatPercent } from "../page/format.ts";
import { isolate } from "../page/parts.ts";
import { publishedAccuracies } from "../reference/published.ts";
import {
  isReferenceData,
  pickCell,
  readReference,
  referenceFolds,
  referenceNetworks,
} from "../reference/reference.ts";
import { nameNetwork } from "../run/job-settings.ts";
import { drawClips } from "./confused-clips.ts";

/** Confusions on the first page. */
const maxPairs = 3;

/** The rest of the first page: these networks beside others' on one axis, and the worst confusions with their sound. */
export async function writeOverview(report: ReportData): Promise<Html> {
  return html`${await drawAccuracies(report)} ${await drawWorstPairs(report)}`;
}

/** Null where one network stands alone: its accuracy is in the figures above. */
async function drawAccuracies(report: ReportData): Promise<Html | null> {
  const own = report.runs.flatMap(({ run, variants }) =>
    variants.flatMap((variant): RankedBar[] => {
      const { mean, deviation, count, over } = spreadOverSeeds(
        variant.jobs,
        (job) => scoreJob(job, run.data.labels, "test")?.accuracy,
      );
      if (mean === null) return [];
      const name = nameVariant(report, run, variant);
      const spreadText = deviation === null ? "" : ` ± ${formatPercent(deviation)}, ${count} ${over}`;
      return [{ name, value: 100 * mean, tip: `${name}: ${formatPercent(mean)} %${spreadText}` }];
    }),
  );
  const others = isReferenceData(report.main.run.data.labels) ? await listOthers() : [];
  const bars = [...own, ...others].sort((one, two) => two.value - one.value);
  if (own.length === 0 || bars.length < 2) return null;
  const lowest = Math.min(...bars.map(({ value }) => value));
  const chart = await drawRankedBars({
    bars,
    title: "accuracy on test clips, %",
    scale: "linear",
    format: "d",
    domain: [Math.max(0, 10 * (Math.ceil(lowest / 10) - 1)), 100],
    summary: `Accuracy: ${bars.map(({ tip }) => tip).join("; ")}`,
  });
  return html`<h2>Accuracy beside others</h2>
    <p>
      Full dots are these
      runs${
        others.length > 0 &&
        html`, pale ones are others': the course report (fold 1 tests, mean over its trainings), people, and
        papers (five folds, as published)`
      }.
      Folds, seeds and epochs differ: the tables in the details say which.
    </p>
    <figure>${chart}</figure>`;
}

async function listOthers(): Promise<RankedBar[]> {
  const reference = await readReference();
  const ofReference = referenceNetworks.flatMap((network): RankedBar[] => {
    const { mean } = spread(referenceFolds.map((fold) => pickCell(reference, network, fold)?.testAccuracy));
    if (mean === null) return [];
    const { heads } = network;
    const name = `report: ${heads === null ? "CNN" : formatAmount(heads, "head")}`; // short: labels are cut
    return [
      {
        name,
        value: mean,
        tip: `${nameNetwork(network)}: ${mean.toFixed(1)} % (${reference.source})`,
        isPale: true,
      },
    ];
  });
  const published = publishedAccuracies.map(({ name, accuracy, source }) => ({
    name,
    value: accuracy,
    tip: `${name}: ${accuracy} % (${source})`,
    isPale: true,
  }));
  return [...ofReference, ...published];
}

async function drawWorstPairs({ main: { run, variant } }: ReportData): Promise<Html | null> {
  if (!variant?.scored) return null;
  const names = nameClasses(run.data.labels);
  const clips = listConfusedClips(variant.scored);
  const pairs = listConfusedPairs(variant.scored.evaluation.confusion).slice(0, maxPairs);
  const worst = pairs.flatMap(({ truth, predicted }) =>
    clips.filter((clip) => clip.truth === truth && clip.predicted === predicted).slice(0, 1),
  );
  if (worst.length === 0) return null;
  const described = pairs.map(
    ({ truth, predicted, count, support }) =>
      html`<li>
        ${isolate(at(names, truth))} classified as ${isolate(at(names, predicted))}: ${count} of
        ${formatAmount(support, "clip")}
      </li>`,
  );
  return html`<h2>Worst confusions</h2>
    <ul>
      ${described}
    </ul>
    <div class="panels">${await drawClips(worst, names, run.data)}</div>`;
}
