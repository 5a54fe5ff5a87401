import { at } from "../../common/at.ts";
import * as ort from "onnxruntime-node";
import { joinLabels } from "../../datasets/dataset.ts";
import { measureRanges } from "../../export/precision/calibrate.ts";
import {
  type ExportedModel,
  exportTrainedModel,
  type TrainedExportOptions,
} from "../../export/export-trained-model.ts";
import type { ValueRange } from "../../export/precision/static-int8.ts";
import type { Precision } from "../../export/precision/precision.ts";
import type { TrainedModel } from "../../training/checkpoints/checkpoint.ts";
import { type OpenFeatures, openFeatures } from "../runs/open-data.ts";
import type { Run } from "../runs/run-folder.ts";

/** Fraction of validation clips whose class must stay. */
const minAgreement = 0.99;
/** Clips that are enough to know the range of values, spread over the training folds. */
const calibrationClips = 100;

export interface CompactExport {
  readonly exported: ExportedModel;
  /** What it costs: bytes, and what the network classifies otherwise. */
  readonly summary: string;
}

/**
 * Exports a network in fewer bits. Static int8 is calibrated on training clips; if fewer than 99 % of validation
 * clips keep their class, the first layer and the head stay in float32, and the summary says what was lost before.
 */
export async function exportCompact(
  run: Run,
  trained: TrainedModel,
  options: TrainedExportOptions & { readonly precision: Precision },
): Promise<CompactExport> {
  const data = await openFeatures({ ...run.config, features: run.config.job.features });
  try {
    const ranges = options.precision === "int8" ? await calibrate(run, trained, options, data) : undefined;
    const attempt = async (keepEdges: boolean) => {
      const chosen = { ...options, keepEdges, ...(ranges && { ranges }) };
      const cost = await measureCost(run, trained, chosen, data);
      return { exported: exportTrainedModel(trained, chosen), cost };
    };
    const first = await attempt(false);
    if (first.cost.agreement >= minAgreement || !options.precision.startsWith("int8"))
      return { exported: first.exported, summary: describeCost(options.precision, first.cost) };
    const second = await attempt(true);
    const lost = describeCost(options.precision, first.cost);
    const kept = describeCost(`${options.precision} but for the first layer and the head`, second.cost);
    return { exported: second.exported, summary: `${lost}\n${kept}` };
  } finally {
    await data.close();
  }
}

async function calibrate(
  run: Run,
  trained: TrainedModel,
  options: TrainedExportOptions,
  { featureSet }: OpenFeatures,
): Promise<Map<string, ValueRange>> {
  const { test, validation } = run.config.job.folds;
  const own = listClips(featureSet, (fold) => !test.includes(fold) && !validation.includes(fold));
  const step = Math.max(1, Math.floor(own.length / calibrationClips));
  const session = await openNetwork(trained, { ...options, precision: "fp32", observeRanges: true });
  const readBatches = async function* () {
    for (const index of own.filter((_, place) => place % step === 0)) {
      const { values, frames, bands } = await featureSet.read(index);
      yield { features: new ort.Tensor("float32", values, [1, frames, bands]) };
    }
  };
  const ranges = await measureRanges(session, readBatches());
  await session.release();
  return ranges;
}

interface Cost {
  /** Of the network's bytes in float32. */
  readonly fraction: number;
  readonly clips: number;
  /** Fraction of clips with the class, or all of the classes, that the network gives them in float32. */
  readonly agreement: number;
  readonly accuracy: number;
  readonly fullAccuracy: number;
}

/** Compares with the network in float32 on the clips that it was not trained on. */
async function measureCost(
  run: Run,
  trained: TrainedModel,
  options: TrainedExportOptions,
  { featureSet }: OpenFeatures,
): Promise<Cost> {
  const { validation, test } = run.config.job.folds;
  const held = validation.length > 0 ? validation : test;
  const clips = listClips(featureSet, (fold) => held.length === 0 || held.includes(fold));
  const bytes = [{ ...options, precision: "fp32" } as const, options].map(
    (one) => exportTrainedModel(trained, { ...one, input: "features" }).bytes,
  );
  const sessions = await Promise.all(bytes.map((one) => ort.InferenceSession.create(one)));
  const counts = { same: 0, right: 0, fullRight: 0 };
  for (const index of clips) {
    const { values, frames, bands } = await featureSet.read(index);
    const features = new ort.Tensor("float32", values, [1, frames, bands]);
    const answers = await Promise.all(sessions.map((session) => classify(session, features, trained)));
    const [full, compact] = [at(answers, 0), at(answers, 1)];
    const { label } = at(featureSet.clips, index);
    if (full === compact) counts.same++;
    if (compact === label) counts.right++;
    if (full === label) counts.fullRight++;
  }
  await Promise.all(sessions.map((session) => session.release()));
  const [full, compact] = [at(bytes, 0).length, at(bytes, 1).length];
  return {
    fraction: compact / full,
    clips: clips.length,
    agreement: counts.same / clips.length,
    accuracy: counts.right / clips.length,
    fullAccuracy: counts.fullRight / clips.length,
  };
}

function describeCost(name: string, { fraction, clips, agreement, accuracy, fullAccuracy }: Cost): string {
  const percent = (value: number): string => `${(100 * value).toFixed(1)} %`;
  return (
    `${name}: ${fraction.toFixed(3)} of the network's bytes; the same class for ${percent(agreement)} of ${clips} clips, ` +
    `accuracy ${percent(fullAccuracy)} -> ${percent(accuracy)}`
  );
}

function listClips(featureSet: OpenFeatures["featureSet"], isWanted: (fold: number) => boolean): number[] {
  return featureSet.clips.flatMap(({ fold }, index) => (isWanted(fold) ? [index] : []));
}

async function openNetwork(
  trained: TrainedModel,
  options: TrainedExportOptions,
): Promise<ort.InferenceSession> {
  const { bytes } = exportTrainedModel(trained, { ...options, input: "features" });
  return await ort.InferenceSession.create(bytes);
}

/** What the network names, as a clip's `label` says it: of several classes, those with a probability from 0.5 on. */
async function classify(
  session: ort.InferenceSession,
  features: ort.Tensor,
  { labels, job: { labelling } }: TrainedModel,
): Promise<string> {
  const { logits } = await session.run({ features }, ["logits"]);
  if (logits === undefined) throw new Error("expected the output logits");
  const values = Array.from(logits.data, Number);
  return labelling === "several"
    ? joinLabels(labels.filter((_, index) => at(values, index) >= 0))
    : at(labels, values.indexOf(Math.max(...values)));
}
