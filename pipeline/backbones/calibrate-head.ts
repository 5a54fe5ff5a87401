import { createHash } from "node:crypto";
import * as ort from "onnxruntime-node";
import { extractPlanned } from "../../datasets/background/extract-background.ts";
import { planBackground } from "../../datasets/background/generate-background.ts";
import { createEmbeddingCache, nameEmbeddings } from "../../datasets/cache/embedding-cache.ts";
import type { Dataset } from "../../datasets/dataset.ts";
import { openFeatureSet } from "../../datasets/feature-set.ts";
import { createBackboneEmbedder } from "../../features/backbone/backbone-embedder.ts";
import type { LogMel } from "../../features/log-mel.ts";
import { scoreRows } from "../../heads/linear-head.ts";
import { normaliseRows, stackRows, viewRow } from "../../heads/matrix.ts";
import { poolWindows } from "../../heads/pool-windows.ts";
import type { TrainedHead } from "../../heads/train-head.ts";
import { type CalibrationFile, calibrationSchema } from "../../run-files/calibration.ts";
import { calibrate, minClips } from "../calibration/calibrate.ts";
import { type BackgroundAnswer, soundCounts } from "../calibration/score-background.ts";
import { featureFolder } from "../program-folders.ts";
import type { EmbeddedClips } from "./embed-clips.ts";
import type { LoadedBackbone } from "./load-backbone.ts";

/** Background as embeddings, each window of a backbone for itself, as timelines and streams score it. */
export interface EmbeddedBackground {
  /** Of generated background; the name of the folder of recorded background. */
  readonly kind: string;
  readonly isRecorded: boolean;
  /** Values [windows, dimensions]: `frames` are the windows. */
  readonly embeddings: LogMel;
}

/** What the data set has of background; a recording that cannot be used is named and left out. */
export async function embedRecordedBackground(
  dataset: Dataset,
  { backbone, file }: LoadedBackbone,
  maxClipSeconds: number,
): Promise<EmbeddedBackground[]> {
  const clips = dataset.background;
  if (clips.length === 0) return [];
  const cache = createEmbeddingCache({ folder: featureFolder, backbone, backboneFile: file, maxClipSeconds });
  try {
    const set = { ...dataset, labels: [], clips, background: [] };
    const opened = await openFeatureSet(set, cache, { skipBadClips: true });
    for (const { reason } of opened.badClips) console.error(`background left out: ${reason}`);
    const embedded: EmbeddedBackground[] = [];
    for (const [index, { label }] of opened.clips.entries())
      embedded.push({ kind: label, isRecorded: true, embeddings: await opened.read(index) });
    return embedded;
  } finally {
    await cache.dispose();
  }
}

/** The sounds by which thresholds of networks that train are chosen too; made and embedded once. */
export async function embedGeneratedBackground(loaded: LoadedBackbone): Promise<EmbeddedBackground[]> {
  const { backbone } = loaded;
  const open = async () => {
    const embedder = await createBackboneEmbedder(loaded, ort);
    const extract = async (samples: Float32Array): Promise<LogMel> => {
      const { windows, dimensions, values } = await embedder.embed(samples);
      return { values, frames: windows, bands: dimensions };
    };
    return { extract, dispose: () => embedder.dispose() };
  };
  const { sampleRateHz } = backbone;
  const found = await extractPlanned(
    planBackground(0, "thresholds", soundCounts),
    { key: nameEmbeddings(backbone), sampleRateHz, open },
    featureFolder,
  );
  return found.map(({ kind, logMel }) => ({ kind, isRecorded: false, embeddings: logMel }));
}

/** The largest fraction of right answers is wanted that thresholds of networks that train are chosen for, too. */
const goal = { precision: 0.95 };

/**
 * Thresholds of a head: from its answers for clips by heads of the inner cross-validation that did not train on them,
 * and for background, on which no head trains.
 * @returns undefined where there are too few clips
 */
export function calibrateHead(
  { clips, labels }: Pick<EmbeddedClips, "clips" | "labels">,
  { head, temperature, unseenLogits }: TrainedHead,
  background: readonly EmbeddedBackground[],
  hopSeconds: number,
): CalibrationFile | undefined {
  if (unseenLogits === undefined || clips.length < minClips) return undefined;
  // The temperature is inside the head; what was fitted is the same again.
  const undo = (values: Float64Array): number[] => Array.from(values, (logit) => logit * temperature);
  const unseen = clips.map(({ label, fold }, row) => ({
    label,
    fold,
    logits: undo(viewRow(unseenLogits, row)),
  }));
  const answers = background.flatMap(({ kind, isRecorded, embeddings }): BackgroundAnswer[] => {
    const { values, frames, bands } = embeddings;
    const windows = { rows: frames, columns: bands, values: Float64Array.from(values) };
    const rows = Array.from({ length: frames }, (_, row) =>
      poolWindows({ rows: 1, columns: bands, values: viewRow(windows, row) }, "mean-max"),
    );
    const logits = scoreRows(head, normaliseRows(stackRows(rows)));
    return rows.map((_, row) => ({ kind, isRecorded, logits: undo(viewRow(logits, row)) }));
  });
  const input = { labels, clips: unseen, background: answers, goal, windowSeconds: hopSeconds };
  const source = createHash("sha256").update(JSON.stringify(input)).digest("hex");
  return calibrationSchema.parse({ source, from: "an inner cross-validation", ...calibrate(input) });
}
