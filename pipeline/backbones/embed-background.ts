import * as ort from "onnxruntime-node";
import { extractPlanned } from "../../datasets/background/extract-background.ts";
import { type PlannedBackground, planBackground } from "../../datasets/background/generate-background.ts";
import { createEmbeddingCache, nameEmbeddings } from "../../datasets/cache/embedding-cache.ts";
import type { Dataset } from "../../datasets/dataset.ts";
import { openFeatureSet } from "../../datasets/feature-set.ts";
import { createBackboneEmbedder } from "../../features/backbone/backbone-embedder.ts";
import type { LogMel } from "../../features/log-mel.ts";
import { type Matrix, stackRows } from "../../heads/matrix.ts";
import { poolEmbeddings } from "../../heads/pool-windows.ts";
import { soundCounts } from "../calibration/score-background.ts";
import { featureFolder } from "../program-folders.ts";
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

/** Generated sounds that train, and others by which thresholds are chosen. */
export interface GeneratedBackground {
  readonly trained: readonly EmbeddedBackground[];
  readonly asked: readonly EmbeddedBackground[];
}

/** Fewer than choose thresholds: making them takes a tenth of a second each, once. */
const trainedCounts = { steady: 2, varied: 6 };

/** Thresholds are chosen by the sounds by which those of networks that train are, too; made and embedded once. */
export async function embedGeneratedBackground(loaded: LoadedBackbone): Promise<GeneratedBackground> {
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
  const embed = async (plan: readonly PlannedBackground[]): Promise<EmbeddedBackground[]> => {
    const found = await extractPlanned(
      plan,
      { key: nameEmbeddings(backbone), sampleRateHz, open },
      featureFolder,
    );
    return found.map(({ kind, logMel }) => ({ kind, isRecorded: false, embeddings: logMel }));
  };
  return {
    trained: await embed(planBackground(0, "training", trainedCounts)),
    asked: await embed(planBackground(0, "thresholds", soundCounts)),
  };
}

/** What trains, as rows for a head, and what chooses thresholds. */
export interface TrainingBackground {
  readonly trained: Matrix | undefined;
  readonly asked: readonly EmbeddedBackground[];
}

/** Every second recording trains, the others choose thresholds; of a single one nothing trains. */
export function splitBackground(
  recorded: readonly EmbeddedBackground[],
  generated: GeneratedBackground,
): TrainingBackground {
  const trained = [...recorded.filter((_, index) => index % 2 === 1), ...generated.trained];
  return {
    trained: trained.length === 0 ? undefined : stackRows(trained.flatMap(listTrainingRows)),
    asked: [...recorded.filter((_, index) => index % 2 === 0), ...generated.asked],
  };
}

/** Of a sound, in training: what is asked of a head is a whole clip, or a single window of a timeline. */
const windowsOfSound = 1;

function listTrainingRows({ embeddings }: EmbeddedBackground): Float64Array[] {
  const { values, frames, bands } = embeddings;
  const whole = poolEmbeddings(values, bands);
  const count = Math.min(windowsOfSound, frames);
  const windows = Array.from({ length: count }, (_, index) =>
    poolWindow(embeddings, Math.floor(((index + 0.5) * frames) / count)),
  );
  return [whole, ...windows];
}

/** One window as a head takes a sound of a single window. */
export function poolWindow({ values, bands }: LogMel, window: number): Float64Array {
  return poolEmbeddings(values.subarray(window * bands, (window + 1) * bands), bands);
}
