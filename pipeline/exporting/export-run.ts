import { createHash } from "node:crypto";
import { readFile, rm, stat } from "node:fs/promises";
import path from "node:path";
import { UserError } from "../../common/user-error.ts";
import { writeFileAtomically } from "../../common/write-atomically.ts";
import { exportTrainedModel } from "../../export/export-trained-model.ts";
import type { Precision } from "../../export/precision/precision.ts";
import { type ModelMetadata, type ModelTerms, pickFormat } from "../../features/model-metadata.ts";
import { defaultOpset } from "../../onnx/graph-builder.ts";
import { hashGraph, readMetadata, writeMetadata } from "../../onnx/read-metadata.ts";
import { readResult } from "../../run-files/job-result.ts";
import type { RunConfig } from "../../run-files/run-config.ts";
import { readCheckpoint } from "../../training/checkpoints/checkpoint.ts";
import { loadEngine } from "../../training/engine.ts";
import { listThresholds } from "../calibration/calibrate.ts";
import { calibrateRun, formatCalibration, type CalibrationOptions } from "../calibration/calibrate-run.ts";
import { readCrossValidation } from "../jobs/cross-validate.ts";
import { readProgram } from "../runs/environment.ts";
import { nameScore } from "../runs/repeated-score.ts";
import type { Run } from "../runs/run-folder.ts";
import { chooseFeaturePrecision } from "./choose-feature-precision.ts";
import { exportCompact } from "./export-compact.ts";
import { writeRunCard } from "./export-layout.ts";
import { expectRuntimeOpens } from "./open-exported.ts";

/** `auto`: see choose-feature-precision.ts. The others are the precisions of the feature graph. */
export const featurePrecisions = ["auto", "split", "float32", "float64"] as const;

/** What `export` and `start` do when nothing is asked. */
export const defaultExportOptions: RunExportOptions = {
  input: undefined,
  featurePrecision: "auto",
  precision: "fp32",
  outputs: [],
  opset: defaultOpset,
  goal: { precision: 0.95 },
};

/** Key in the file's metadata with the training result that it was made from. */
const sourceKey = "source";

export interface RunExportOptions {
  /** What thresholds are chosen for; undefined: neither thresholds nor a temperature. */
  readonly goal: CalibrationOptions["goal"] | undefined;
  readonly from?: CalibrationOptions["from"];
  /** Without it, what the features allow. */
  readonly input: ModelMetadata["input"] | undefined;
  readonly featurePrecision: (typeof featurePrecisions)[number];
  readonly precision: Precision;
  readonly outputs: readonly ("features" | "embedding")[];
  readonly opset: number;
  /** Written into the metadata. */
  readonly terms?: ModelTerms;
}

/** Writes the run's `model.onnx`, unless it is already that of the run's training and these options. */
export async function exportRun(run: Run, asked: RunExportOptions = defaultExportOptions): Promise<string> {
  const { scalarFeatures } = run.config.job.features;
  const options = {
    ...asked,
    input: asked.input ?? (scalarFeatures.length > 0 ? "features" : "samples"),
  } as const;
  const result = await readResult(run.folder);
  if (result === null)
    throw new UserError(`${run.folder}: expected a trained network, got none; run npx earshot train first`);
  const { goal, from } = options;
  const calibration = goal === undefined ? undefined : await calibrateRun(run, { goal, from });
  if (goal === undefined) await rm(run.files.calibration, { force: true }); // parity and report read it too
  const score = await readCrossValidation(run);
  const program = await readProgram();
  // How long it took does not change the model.
  const { labelling, teacherBackbone } = run.config.job;
  const format = pickFormat(labelling);
  const decisive = JSON.stringify([program, format, options, { ...result, seconds: 0 }, calibration, score]);
  const source = createHash("sha256").update(decisive).digest("hex");
  if (await isMadeFrom(run.files.model, source)) {
    await writeRunCard(run); // whose parity verdicts may be new
    return `${run.files.model} is up to date`;
  }

  await loadEngine(run.config.engine, run.config.threads);
  const trained = await readCheckpoint(run.folder);
  const { input, featurePrecision, precision, outputs, opset, terms = {} } = options;
  const metadata = {
    program,
    network: run.config.job.network.architecture,
    ...(labelling !== undefined && { labelling }),
    metrics: { ...trained.metrics, ...(score && nameScore(score)) },
    trainingDataHash: result.dataHash,
    ...(calibration && { temperature: calibration.temperature, thresholds: listThresholds(calibration) }),
    ...terms,
    ...(teacherBackbone && { teacher: describeTeacher(teacherBackbone) }),
  };
  const features =
    input === "samples" && featurePrecision === "auto"
      ? await chooseFeaturePrecision(run, trained, { metadata, opset })
      : { name: featurePrecision === "auto" ? "split" : featurePrecision };
  const exportOptions = {
    input,
    precision,
    outputs,
    opset,
    featurePrecision: features.name,
    metadata: { ...metadata, featurePrecision: features },
  };
  const { exported, summary } =
    precision === "fp32"
      ? { exported: exportTrainedModel(trained, exportOptions), summary: undefined }
      : await exportCompact(run, trained, exportOptions);
  const made = `${source} ${hashGraph(exported.bytes)}`;
  const entries = readMetadata(exported.bytes).set(sourceKey, made);
  const bytes = writeMetadata(exported.bytes, entries);
  await expectRuntimeOpens(bytes);
  await writeFileAtomically(run.files.model, bytes);
  await writeRunCard(run);
  const megabytes = ((await stat(run.files.model)).size / 1e6).toFixed(2);
  const parameters = exported.parameterCount.toLocaleString("en");
  const line =
    `${path.normalize(run.files.model)}: ${parameters} parameters, ${exported.nodeCount} nodes, ` +
    `opset ${exported.opset}, ${megabytes} MB`;
  const noThresholds = "no thresholds: they need ten validation clips, or a rotation by --calibrate-from";
  const thresholds = calibration === undefined ? noThresholds : formatCalibration(calibration);
  return [
    line,
    ...(summary === undefined ? [] : [summary]),
    ...(goal === undefined ? [] : [thresholds]),
  ].join("\n");
}

/** Whose answers the network learned: their licence may cover it. */
function describeTeacher({
  file,
  sha256,
  source,
  license,
}: NonNullable<RunConfig["job"]["teacherBackbone"]>): NonNullable<ModelMetadata["teacher"]> {
  const name = path.basename(file, ".onnx");
  return {
    name,
    sha256,
    ...(source !== undefined && { source }),
    ...(license !== undefined && { license }),
  };
}

/** False of a file that is not there, was cut or changed: it is written again. */
async function isMadeFrom(model: string, source: string): Promise<boolean> {
  try {
    const bytes = await readFile(model);
    return readMetadata(bytes).get(sourceKey) === `${source} ${hashGraph(bytes)}`;
  } catch {
    return false;
  }
}
