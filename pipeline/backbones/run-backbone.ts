import path from "node:path";
import { at } from "../../common/at.ts";
import { formatSeconds } from "../../common/format-seconds.ts";
import { UserError } from "../../common/user-error.ts";
import { writeFileAtomically } from "../../common/write-atomically.ts";
import type { Dataset } from "../../datasets/dataset.ts";
import { exportBackboneModel } from "../../export/export-backbone-model.ts";
import type { Backbone } from "../../features/backbone/backbone.ts";
import { type TrainedHead, trainHead } from "../../heads/train-head.ts";
import { boundFraction } from "../../common/bound-fraction.ts";
import { writeReport } from "../../report/write-report.ts";
import { writeJson } from "../../run-files/json-file.ts";
import type { ListConfig } from "../../run-files/run-config.ts";
import { formatParityReport } from "../../runtime/parity/parity.ts";
import { computeMetrics, type ClassificationMetrics } from "../../training/scoring/metrics.ts";
import { hashData } from "../../training/data/hash-data.ts";
import { describeEnvironment, readProgram } from "../runs/environment.ts";
import { listFiles, openOrCreateListFolder } from "../runs/run-folder.ts";
import { describeRunData } from "../data/describe-data.ts";
import { embedClips, type EmbeddedClips } from "./embed-clips.ts";
import type { LoadedBackbone } from "./load-backbone.ts";
import { describeHead, pickClips, proveOn } from "./kept-run.ts";
import {
  checkRecordings,
  type HeadScore,
  scoreHeads,
  smallSetClips,
  toTrainingClips,
} from "./score-heads.ts";

export interface BackboneRunOptions {
  readonly name: string;
  readonly dataset: Dataset;
  readonly data: string;
  readonly loaded: LoadedBackbone;
  readonly skipBadClips: boolean;
  readonly maxClipSeconds: number;
  readonly seed: number;
}

/**
 * From a data set to a proven model by a frozen backbone, with a line a stage: embeddings, the score of heads that did
 * not train on what they are asked, the head of all clips, one file, its proof, the report.
 */
export async function runBackbone(options: BackboneRunOptions): Promise<void> {
  const { name, dataset, loaded, seed } = options;
  const folder = await openOrCreateListFolder(name);
  const files = listFiles(folder);
  const isSmall = dataset.clips.length < smallSetClips;
  const environment = await describeEnvironment();
  const protocol = isSmall ? "repeated cross-validation" : "cv5";
  await writeJson(files.config, {
    data: options.data,
    protocol,
    command: environment.command,
  } satisfies ListConfig);
  await writeJson(files.environment, environment);
  console.log(`${folder}/\n`);

  await showStage("data", () => describeRunData({ files }, dataset));
  checkRecordings(dataset);
  let embedded: EmbeddedClips | undefined;
  await showStage("embed", async () => {
    embedded = await embedClips(dataset, loaded, options);
    return describeEmbeddings(embedded, loaded.backbone);
  });
  const clips = expectMade(embedded);
  let scores: HeadScore[] = [];
  let trained: TrainedHead | undefined;
  await showStage("train", () => {
    scores = scoreHeads(clips, { seed });
    trained = trainHead(toTrainingClips(clips), { seed });
    return Promise.resolve(describeScores(clips, scores));
  });
  const head = expectMade(trained);
  await writeScores(folder, clips, scores, { backbone: loaded.backbone, seed });
  let bytes = exportBackboneModel(loaded, head.head, {
    labels: clips.labels,
    metadata: {
      program: await readProgram(),
      metrics: nameMetrics(measureAll(clips, scores)),
      trainingDataHash: hashData(clips),
      ...(loaded.backbone.license !== undefined && { license: `backbone: ${loaded.backbone.license}` }),
    },
  });
  await showStage("export", async () => {
    await writeFileAtomically(files.model, bytes);
    await writeJson(path.join(folder, "backbone.json"), describeHead(loaded, head));
    return `${files.model}: ${(bytes.length / 1e6).toFixed(1)} MB, of them ${(loaded.bytes.length / 1e6).toFixed(1)} the backbone's`;
  });
  await showStage("parity", async () => {
    const proof = await proveOn(["cpu"], { bytes, clips: pickClips(clips.clips), loaded, head: head.head });
    bytes = proof.bytes;
    await writeFileAtomically(files.model, bytes);
    const reports = proof.outcomes.flatMap(({ report }) =>
      report ? [formatParityReport(report, clips.labels)] : [],
    );
    if (proof.failure !== undefined) throw new UserError(proof.failure);
    return reports.join("\n");
  });
  await writeReport([folder], folder);
  console.log(`\n${files.report}: the report\nNext: npx earshot predict clip.wav, npx earshot demo`);
}

function describeEmbeddings({ clips, windows, featureSet }: EmbeddedClips, backbone: Backbone): string {
  const { hits, computed } = featureSet.statistics;
  const total = windows.reduce((sum, count) => sum + count, 0);
  const seconds = featureSet.cached.map(({ facts }) => facts.seconds).sort((a, b) => a - b);
  const median = at(seconds, Math.floor(seconds.length / 2));
  const windowSeconds = backbone.windowSamples / backbone.sampleRateHz;
  const note =
    windowSeconds > 2 * median
      ? `\nnote: ${backbone.name} takes ${windowSeconds.toFixed(1)} s at once and the middle clip lasts ${median.toFixed(1)} s: ` +
        "each is repeated to fill it; a backbone with a shorter window fits better"
      : "";
  return (
    `${clips.length} clips, ${total} windows of ${windowSeconds.toFixed(3)} s by ${backbone.name} ` +
    `(${hits} cached, ${computed} computed)${note}`
  );
}

function describeScores(clips: EmbeddedClips, scores: readonly HeadScore[]): string {
  const { accuracy } = measureAll(clips, scores);
  const count = clips.clips.length;
  const interval = boundFraction(accuracy * count, count);
  const range =
    interval === null
      ? ""
      : `, 95 % interval ${formatPercent(interval.low)} to ${formatPercent(interval.high)}`;
  const how =
    scores.length === 1 ? "each fold tested in turn" : `${scores.length} times cross-validated by recording`;
  return `${formatPercent(accuracy)} % of ${count} clips right${range} (${how}); the model trains on all of them`;
}

/** Means over the repeats. */
function measureAll(clips: EmbeddedClips, scores: readonly HeadScore[]): ClassificationMetrics {
  const labels = clips.clips.map(({ label }) => clips.labels.indexOf(label));
  const measured = scores.map(({ logits }) => computeMetrics(logits, labels, clips.labels.length));
  const average = (read: (metrics: ClassificationMetrics) => number): number =>
    measured.reduce((sum, metrics) => sum + read(metrics) / measured.length, 0);
  return {
    ...at(measured, 0),
    accuracy: average(({ accuracy }) => accuracy),
    macroF1: average(({ macroF1 }) => macroF1),
    loss: average(({ loss }) => loss),
  };
}

function nameMetrics({ accuracy, macroF1, loss }: ClassificationMetrics): Record<string, number> {
  return { testAccuracy: accuracy, testMacroF1: macroF1, testLoss: loss };
}

/** Each repeat as a job of the run, for the report. */
async function writeScores(
  folder: string,
  { labels, clips }: EmbeddedClips,
  scores: readonly HeadScore[],
  { backbone, seed }: { readonly backbone: Backbone; readonly seed: number },
): Promise<void> {
  const classes = labels.length;
  for (const [repeat, { name, folds, logits }] of scores.entries()) {
    const job = path.join(folder, "jobs", name);
    const test = [...new Set(folds)].sort((a, b) => a - b);
    await writeJson(path.join(job, "config.json"), {
      job: {
        network: { architecture: `${backbone.name}, linear head` },
        folds: { test, validation: [] },
        seed: seed + repeat,
        epochs: 1,
      },
    });
    const rows = clips.map(({ id, source, label }, index) => ({
      ...{ split: "test", id, source, fold: at(folds, index), label },
      logits: [...logits.subarray(index * classes, (index + 1) * classes)],
    }));
    await writeFileAtomically(
      path.join(job, "predictions.jsonl"),
      rows.map((row) => `${JSON.stringify(row)}\n`).join(""),
    );
  }
}

/** As `timeStage`, for a run that is no single job. */
async function showStage(stage: string, work: () => Promise<string>): Promise<void> {
  const startMs = performance.now();
  const outcome = await work();
  console.log(`${stage.padEnd(9)} ${outcome}  (${formatSeconds((performance.now() - startMs) / 1000)})`);
}

function expectMade<Made>(made: Made | undefined): Made {
  if (made === undefined) throw new Error("expected what the stage makes, got nothing");
  return made;
}

const formatPercent = (fraction: number): string => (100 * fraction).toFixed(1);
