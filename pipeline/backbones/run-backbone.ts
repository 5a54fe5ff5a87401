import { rm } from "node:fs/promises";
import path from "node:path";
import { at } from "../../common/at.ts";
import { formatSeconds } from "../../common/format-seconds.ts";
import { UserError } from "../../common/user-error.ts";
import { writeFileAtomically } from "../../common/write-atomically.ts";
import { type Dataset, indexLabels } from "../../datasets/dataset.ts";
import { exportBackboneModel } from "../../export/export-backbone-model.ts";
import type { Backbone } from "../../features/backbone/backbone.ts";
import type { HeadKind, TrainedHead } from "../../heads/train-head.ts";
import { writeReport } from "../../report/write-report.ts";
import type { ModelTerms } from "../../features/model-metadata.ts";
import type { CalibrationFile } from "../../run-files/calibration.ts";
import { writeJson } from "../../run-files/json-file.ts";
import type { DatasetReading, ListConfig } from "../../run-files/run-config.ts";
import { formatParityReport } from "../../runtime/parity/parity.ts";
import type { ProtocolName } from "../../training/jobs/protocols.ts";
import { hashData } from "../../training/data/hash-data.ts";
import { describeEnvironment, readProgram } from "../runs/environment.ts";
import { checkRecordings } from "../runs/deal-clips.ts";
import { formatScore, measureRepeats, nameScore, type RepeatedScore } from "../runs/repeated-score.ts";
import { listFiles, openOrCreateListFolder } from "../runs/run-folder.ts";
import { describeRunData } from "../data/describe-data.ts";
import { formatCalibration } from "../calibration/calibrate-run.ts";
import { listThresholds, minClips } from "../calibration/calibrate.ts";
import { calibrateHead } from "./calibrate-head.ts";
import {
  embedGeneratedBackground,
  embedRecordedBackground,
  splitBackground,
  type TrainingBackground,
} from "./embed-background.ts";
import { addCopies, copySpeed, embedClips, type EmbeddedClips } from "./embed-clips.ts";
import type { LoadedBackbone } from "./load-backbone.ts";
import { describeHead, keepProof, pickClips, proveOn } from "./kept-run.ts";
import {
  chooseHeadProtocol,
  type HeadProtocol,
  type HeadScore,
  scoreHeads,
  trainClips,
} from "./score-heads.ts";

export interface BackboneRunOptions {
  readonly name: string;
  readonly dataset: Dataset;
  readonly data: string;
  readonly reading: DatasetReading;
  readonly loaded: LoadedBackbone;
  readonly skipBadClips: boolean;
  readonly maxClipSeconds: number;
  readonly kind: HeadKind;
  readonly seed: number;
  /** Without it, chosen by the data. */
  readonly protocol?: ProtocolName | undefined;
  readonly testFold?: number | undefined;
  readonly terms: ModelTerms;
}

/**
 * From a data set to a proven model by a frozen backbone, with a line a stage: embeddings, the score of heads that did
 * not train on what they are asked, the head of all clips, one file, its proof, the report.
 */
export async function runBackbone(options: BackboneRunOptions): Promise<void> {
  const { name, dataset, loaded, kind, seed } = options;
  const folder = await openOrCreateListFolder(name);
  const files = listFiles(folder);
  const environment = await describeEnvironment();
  console.log(`${folder}/\n`);

  await showStage("data", () => describeRunData({ files }, dataset));
  checkProtocol(dataset, options);
  await writeJson(files.environment, environment);
  let embedded: EmbeddedClips | undefined;
  await showStage("embed", async () => {
    embedded = await embedClips(dataset, loaded, options);
    if (kind === "logistic-regression" && dataset.labelling !== "several")
      embedded = await addCopies(embedded, dataset, loaded, options);
    return describeEmbeddings(embedded, loaded.backbone);
  });
  const clips = expectMade(embedded);
  const protocol = checkProtocol(clips, options);
  const config: ListConfig = {
    data: options.data,
    protocol: protocol.name === "dealt" ? "repeated cross-validation" : protocol.name,
    command: environment.command,
  };
  await writeJson(files.config, config);
  let background: TrainingBackground = { trained: undefined, asked: [] };
  if (clips.clips.length >= minClips)
    await showStage("background", async () => {
      const recorded = await embedRecordedBackground(dataset, loaded, options.maxClipSeconds);
      background = splitBackground(recorded, await embedGeneratedBackground(loaded));
      const { trained, asked } = background;
      return `${trained?.rows ?? 0} windows and sounds of no class train, ${asked.length} sounds choose thresholds (docs/few-shot.md)`;
    });
  let scores: HeadScore[] = [];
  let trained: TrainedHead | undefined;
  await showStage("train", () => {
    const settings = { kind, seed, ...(background.trained && { background: background.trained }) };
    scores = scoreHeads(clips, protocol, settings);
    trained = trainClips(clips, settings);
    return Promise.resolve(describeScores(clips, scores, protocol));
  });
  const head = expectMade(trained);
  await writeScores(folder, clips, scores, { backbone: loaded.backbone, kind, seed });
  let calibration: CalibrationFile | undefined;
  await showStage("threshold", () => {
    const { windowHopSamples, sampleRateHz } = loaded.backbone;
    calibration = calibrateHead(clips, head, background.asked, windowHopSamples / sampleRateHz);
    return Promise.resolve(
      calibration === undefined
        ? `none: they need ${minClips} clips, and two recordings of each class`
        : formatCalibration(calibration),
    );
  });
  if (calibration === undefined) await rm(files.calibration, { force: true });
  else await writeJson(files.calibration, calibration);
  const bytes = exportBackboneModel(loaded, head.head, {
    labels: clips.labels,
    labelling: clips.labelling,
    metadata: {
      program: await readProgram(),
      metrics: scores.length === 0 ? {} : nameScore(measureAll(clips, scores)),
      trainingDataHash: hashData(clips),
      ...(calibration && { thresholds: listThresholds(calibration) }),
      ...options.terms,
    },
  });
  await showStage("export", async () => {
    await writeFileAtomically(files.model, bytes);
    await writeJson(path.join(folder, "backbone.json"), describeHead(loaded, head, options.reading));
    return `${files.model}: ${(bytes.length / 1e6).toFixed(1)} MB, the backbone inside`;
  });
  await showStage("parity", async () => {
    const proof = await proveOn(["cpu"], { bytes, clips: pickClips(clips.clips), loaded, head: head.head });
    await keepProof(folder, proof, config);
    const reports = proof.outcomes.flatMap(({ report }) =>
      report ? [formatParityReport(report, clips.labels)] : [],
    );
    if (proof.failure !== undefined) throw new UserError(proof.failure);
    return reports.join("\n");
  });
  await writeReport([folder], folder);
  console.log(`\n${files.report}: the report\nNext: npx earshot predict clip.wav, npx earshot demo`);
}

function describeEmbeddings(
  { clips, windows, featureSet, copies }: EmbeddedClips,
  backbone: Backbone,
): string {
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
    `(${hits} cached, ${computed} computed)` +
    (copies === undefined ? "" : `; a copy of each at ${copySpeed} of its speed trains too`) +
    note
  );
}

/**
 * @returns how heads are scored on these clips
 * @throws UserError before anything is computed, and for skipped clips again
 */
function checkProtocol(
  clips: Pick<EmbeddedClips, "labels" | "clips">,
  asked: Pick<BackboneRunOptions, "protocol" | "testFold">,
): HeadProtocol {
  const protocol = chooseHeadProtocol(clips, asked);
  if (protocol.name === "dealt") checkRecordings(clips);
  return protocol;
}

function describeScores(clips: EmbeddedClips, scores: readonly HeadScore[], protocol: HeadProtocol): string {
  if (scores.length === 0) return `the model trains on all ${clips.clips.length} clips; nothing is measured`;
  return `${formatScore(measureAll(clips, scores))} (${describeProtocol(protocol)}); the model trains on all ${clips.clips.length}`;
}

function describeProtocol(protocol: HeadProtocol): string {
  switch (protocol.name) {
    case "final":
      return "not scored";
    case "holdout":
      return `fold ${protocol.testFold} tested`;
    case "cv5":
      return "each fold tested in turn";
    case "dealt":
      return protocol.repeats === 1
        ? "cross-validated by recording"
        : `${protocol.repeats} times cross-validated by recording`;
  }
}

function measureAll(
  { clips, labels, labelling }: EmbeddedClips,
  scores: readonly HeadScore[],
): RepeatedScore {
  const answers = scores.map(({ tested, logits }) => ({
    labels: tested.map((place) => indexLabels(at(clips, place), labels)),
    logits,
  }));
  return measureRepeats(answers, { classes: labels.length, labelling });
}

/** Each repeat as a job of the run, for the report. */
async function writeScores(
  folder: string,
  { labels, clips }: EmbeddedClips,
  scores: readonly HeadScore[],
  { backbone, kind, seed }: { readonly backbone: Backbone } & Pick<BackboneRunOptions, "kind" | "seed">,
): Promise<void> {
  const classes = labels.length;
  await rm(path.join(folder, "jobs"), { recursive: true, force: true }); // of another protocol
  for (const [repeat, { name, folds, tested, logits }] of scores.entries()) {
    const job = path.join(folder, "jobs", name);
    const test = [...new Set(tested.map((place) => at(folds, place)))].sort((a, b) => a - b);
    await writeJson(path.join(job, "config.json"), {
      job: {
        network: { architecture: `${backbone.name}, ${kind.replace("-", " ")}` },
        folds: { test, validation: [] },
        seed: seed + repeat,
        epochs: 0,
      },
    });
    const rows = tested.map((place, index) => {
      const { id, source, label, labels: own } = at(clips, place);
      return {
        split: "test",
        id,
        source,
        fold: at(folds, place),
        label,
        ...(own !== undefined && { labels: own }),
        logits: [...logits.subarray(index * classes, (index + 1) * classes)],
      };
    });
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
