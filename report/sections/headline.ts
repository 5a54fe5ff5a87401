import { boundFraction } from "../../common/bound-fraction.ts";
import { at } from "../../common/at.ts";
import type { ReportData, VariantReport } from "../analysis/report-data.ts";
import { scoreJob, spread, spreadOverSeeds } from "../analysis/job-score.ts";
import type { LabelSetEvaluation } from "../analysis/label-sets.ts";
import { listConfusedPairs } from "../analysis/confused-pairs.ts";
import { nameClasses } from "../page/class-names.ts";
import {
  formatAmount,
  formatBytes,
  formatCount,
  formatFolds,
  formatList,
  formatPercent,
  formatPercentInterval,
  formatScore,
  formatTiny,
} from "../page/format.ts";
import { html, type Html } from "../../common/html.ts";
import { isolate } from "../page/parts.ts";
import { type DataFacts, type JobRun, ownJobName, type RunResult } from "../run/run-result.ts";
import { drawIntervalBar } from "./classes.ts";

/** The first screen: what was trained on what, how good, how small, how fast, parity of the runtimes. */
export function writeHeadline({ runs, main: { run, variant } }: ReportData): Html {
  const others = runs.length > 1 ? `, the first of ${formatAmount(runs.length, "run")}` : "";
  return html`<header>
    <p class="overline">earshot report · run ${isolate(run.name)}${others}</p>
    <h1>${variant?.title ?? "A run"} on ${isolate(run.data.name)}</h1>
    <p class="lede">${describeTraining(run, variant)}</p>
    <dl class="figures">
      ${describeAccuracy(run, variant)} ${describeSize(run)} ${describeSpeed(run, variant)}
      ${describeParity(run)}
    </dl>
    ${describeWeakness(run, variant)}
  </header>`;
}

function describeTraining(
  { data, engine, modelBytes, jobs: all }: RunResult,
  variant: VariantReport | undefined,
): Html {
  const jobs = variant?.jobs ?? [];
  const [first] = jobs;
  const epochs = first?.epochs.length ?? 0;
  const classes = formatAmount(data.labels.length, "class");
  const { length: skipped } = data.skipped;
  const without = skipped === 0 ? "" : ` (${formatAmount(skipped, "bad clip")} left out)`;
  // What stands beside jobs is what they score: it has no test clips of its own.
  const isBeside = modelBytes !== null && all.some(({ name }) => name !== ownJobName);
  const clips = `${describeClips(data, jobs, { classes, isDealt: isBeside })}${without}`;
  const engineName = engine === null ? "" : ` with ${engine}`;
  if (first === undefined || (epochs === 0 && first.settings.epochs !== 0))
    return html`${clips}. Nothing has been trained yet.`;
  const trainedOnAll = isBeside
    ? ` The model in the file was trained on all ${formatAmount(data.clips.length, "clip")}.`
    : "";
  if (epochs === 0) return html`Heads on ${clips}${describeFolds(jobs)}.${trainedOnAll}`;
  const times = jobs.length > 1 ? `${formatAmount(jobs.length, "training")}, each of ` : "Trained for ";
  const training = `${times}${formatAmount(epochs, "epoch")}${engineName}`;
  return html`${training} on ${clips}${describeFolds(jobs)}.${trainedOnAll}`;
}

/**
 * `240 of 400 clips in 10 classes`: those of the folds that neither validate nor test.
 * @param isDealt in folds that are not those of the data: then those that are not scored
 */
function describeClips(
  { clips }: DataFacts,
  jobs: readonly JobRun[],
  { classes, isDealt }: { readonly classes: string; readonly isDealt: boolean },
): string {
  if (clips.length === 0) return classes;
  const counts = jobs.map(({ predictions, settings: { testFolds, validationFolds } }) => {
    if (isDealt) return clips.length - new Set(predictions.map(({ id }) => id)).size;
    const held = new Set([...testFolds, ...validationFolds]);
    return clips.filter(({ fold }) => !held.has(fold)).length;
  });
  const [count] = counts;
  const all = formatAmount(clips.length, "clip");
  const isPart = count !== undefined && count > 0 && count < clips.length; // heads of a repeat score all
  const alike = isPart && counts.every((other) => other === count);
  return `${alike ? `${formatCount(count)} of ` : ""}${all} in ${classes}`;
}

function describeFolds(jobs: readonly JobRun[]): string {
  const list = (pick: (job: JobRun) => readonly number[]): number[] =>
    [...new Set(jobs.flatMap(pick))].sort((one, two) => one - two);
  const test = list(({ settings }) => settings.testFolds);
  const validation = list(({ settings }) => settings.validationFolds);
  const turn = jobs.length > 1 ? " in turn" : "";
  const parts = [
    ...(validation.length === 0
      ? []
      : [`validated on ${formatFolds(validation)}${validation.length > 1 ? turn : ""}`]),
    ...(test.length === 0 ? [] : [`tested on ${formatFolds(test)}${test.length > 1 ? turn : ""}`]),
  ];
  return parts.length === 0 ? "" : `; ${formatList(parts)}`;
}

function describeAccuracy(run: RunResult, variant: VariantReport | undefined): Html {
  const scored = variant?.scored;
  if (variant?.labelSets) return describePrecision(variant.labelSets);
  if (!scored) {
    return renderFigure("Accuracy", "not known", html`no clip was scored`);
  }
  const { evaluation, split, distinctClips } = scored;
  const { accuracy } = evaluation.overall;
  const interval = evaluation.accuracyInterval;
  const repeated = spreadOverSeeds(variant.jobs, (job) => scoreJob(job, run.data.labels, split)?.accuracy);
  const chosen = split === "validation" ? ", which also chose the epoch, so it is inflated" : "";
  return renderFigure(
    "Accuracy",
    html`${formatPercent(accuracy)}<small>%</small>`,
    html`${drawIntervalBar(accuracy, interval)} 95 % interval ${formatPercentInterval(interval)}<br />on
      ${formatAmount(distinctClips, `${split} clip`)}${chosen}${
        repeated.deviation !== null &&
        html`<br />± ${formatPercent(repeated.deviation)} ${repeated.over === "seeds" ? "over" : "between"}
          ${repeated.count} ${repeated.over}`
      }<br />macro F1 ${formatScore(evaluation.overall.macroF1)}`,
  );
}

/** Of clips that may have several classes. */
function describePrecision(sets: LabelSetEvaluation): Html {
  const { meanAveragePrecision, macroF1, allRight, split, distinctClips } = sets;
  const chosen = split === "validation" ? ", which also chose the epoch, so it is inflated" : "";
  return renderFigure(
    "Mean average precision",
    formatScore(meanAveragePrecision),
    html`on ${formatAmount(distinctClips, `${split} clip`)}${chosen}<br />macro F1 ${formatScore(macroF1)}<br />all
      classes right in ${formatPercent(allRight)} % of the clips, 95 % interval
      ${formatPercentInterval(boundFraction(allRight * distinctClips, distinctClips))}`,
  );
}

function describeSize({ parameters, modelBytes }: RunResult): Html | null {
  if (parameters === null && modelBytes === null) return null;
  const bytes = modelBytes === null ? null : formatBytes(modelBytes);
  return parameters === null
    ? renderFigure("Size", bytes ?? "", html`as one ONNX file`)
    : renderFigure(
        "Parameters",
        formatCount(parameters),
        bytes === null ? html`not exported` : html`${bytes} as one ONNX file`,
      );
}

function describeSpeed({ parity }: RunResult, variant: VariantReport | undefined): Html | null {
  const timed = parity.flatMap(({ target, meanMs }) => (meanMs === undefined ? [] : [{ target, meanMs }]));
  const [fastest] = timed.sort((one, two) => one.meanMs - two.meanMs);
  if (fastest !== undefined) {
    return renderFigure(
      "Time for one clip",
      html`${fastest.meanMs.toFixed(2)}<small>ms</small>`,
      html`on ${isolate(fastest.target)}`,
    );
  }
  const rates = (variant?.jobs ?? []).flatMap(({ epochs }) => epochs.map((row) => row.examplesPerSecond));
  const rate = spread(rates).mean;
  if (rate === null) return null;
  return renderFigure(
    "Training speed",
    html`${rate.toFixed(0)}<small>clips/s</small>`,
    html`on the training machine`,
  );
}

function describeParity({ parity }: RunResult): Html {
  if (parity.length === 0) {
    return renderFigure("Parity", "not tested", html`no runtime was compared with the trained network`);
  }
  const passed = parity.filter((result) => result.passed);
  const worst = Math.max(...parity.map((result) => result.maxAbsoluteDifference));
  const names = formatList(parity.map(({ target, passed }) => (passed ? target : `${target} (failed)`)));
  return renderFigure(
    "Parity",
    html`${passed.length}<small>of ${formatAmount(parity.length, "runtime")}</small>`,
    html`${isolate(names)}<br />largest difference of logits ${formatTiny(worst)}`,
    passed.length < parity.length,
  );
}

function describeWeakness(run: RunResult, variant: VariantReport | undefined): Html | null {
  if (!variant?.scored) return null;
  const names = nameClasses(run.data.labels);
  const { evaluation } = variant.scored;
  const [pair] = listConfusedPairs(evaluation.confusion);
  const ranked = evaluation.classes
    .flatMap(({ f1 }, index) => (f1 === null ? [] : [{ f1, name: at(names, index) }]))
    .sort((one, two) => two.f1 - one.f1);
  const [best, weakest] = [ranked[0], ranked.at(-1)];
  if (best === undefined || weakest === undefined) return null;
  if (pair === undefined) return html`<p class="remark">Every clip was classified correctly.</p>`;
  return html`<p class="remark">
    Best class: ${isolate(best.name)} (F1 ${formatScore(best.f1, 2)}). Weakest class: ${isolate(weakest.name)}
    (F1 ${formatScore(weakest.f1, 2)}). Most often ${isolate(at(names, pair.truth))} is classified as
    ${isolate(at(names, pair.predicted))}: ${pair.count} of ${formatAmount(pair.support, "clip")}.
  </p>`;
}

function renderFigure(term: string, value: Html | string, detail: Html, bad = false): Html {
  return html`<div class="${bad ? "bad" : ""}">
    <dt>${term}</dt>
    <dd class="value">${value}</dd>
    <dd>${detail}</dd>
  </div>`;
}

/** What the runs lack; it stands right below the headline, so that nobody takes half a run for a whole one. */
export function writeProblems({ problems }: ReportData): Html | null {
  if (problems.length === 0) return null;
  return html`<section class="problems" aria-label="What is missing">
    <h2>What is missing</h2>
    <ul>
      ${problems.map((problem) => html`<li>${isolate(problem)}</li>`)}
    </ul>
  </section>`;
}
