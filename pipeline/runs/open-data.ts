import type { Clip, Dataset } from "../../datasets/dataset.ts";
import { isBed } from "../../datasets/background/separate-background.ts";
import { extractBackground } from "../../datasets/background/extract-background.ts";
import {
  generatedBackgroundVersion,
  planBackground,
} from "../../datasets/background/generate-background.ts";
import { createFeatureCache } from "../../datasets/cache/feature-cache.ts";
import { openFeatureSet, type FeatureSet, type PreparedFeatureSet } from "../../datasets/feature-set.ts";
import type { LogMel } from "../../features/log-mel.ts";
import type { ClipEmbeddings } from "../../training/data/backbone-lessons.ts";
import type { FeatureConfig } from "../../features/feature-config.ts";
import { pruneCache } from "../../datasets/cache/prune-cache.ts";
import { readDataset } from "../../datasets/read-dataset.ts";
import { ensureSyntheticDataset } from "../../datasets/synthetic/synthetic.ts";
import { cacheFolder, featureFolder } from "../program-folders.ts";
import { noBackgroundFeatures, type BackgroundFeatures } from "../../training/data/prepare-data.ts";
import { embedClips } from "../backbones/embed-clips.ts";
import { loadBackbone } from "../backbones/load-backbone.ts";
import { createProgress } from "../screen/progress.ts";
import { dealDataset } from "./deal-clips.ts";
import { UserError } from "../../common/user-error.ts";
import { viewRow } from "../../heads/matrix.ts";
import { embeddedData, type RunConfig } from "../../run-files/run-config.ts";

/** What the options of data sets say (`dataOptions`). */
export interface DataSettings {
  readonly data?: string | undefined;
  readonly layout?: RunConfig["layout"] | undefined;
  readonly subset?: RunConfig["subset"] | undefined;
  readonly groupBy?: string | undefined;
  readonly namePattern?: string | undefined;
  readonly allowOutside?: boolean | undefined;
  readonly multiLabel?: boolean | undefined;
  readonly background?: readonly string[] | undefined;
  readonly negatives?: readonly string[] | undefined;
  readonly dealtFolds?: number | undefined;
}

/** Reads a data set; without a folder, the embedded one, made on first use. */
export async function openDataset(settings: DataSettings): Promise<Dataset> {
  const { data = embeddedData, layout, subset, groupBy, namePattern, allowOutside, multiLabel } = settings;
  const { background, negatives, dealtFolds } = settings;
  const root = data === embeddedData ? await ensureSyntheticDataset(cacheFolder) : data;
  const dataset = await readDataset(root, {
    ...(layout !== undefined && { layout }),
    ...(subset !== undefined && { subset }),
    ...(groupBy !== undefined && { groupBy }),
    ...(namePattern !== undefined && { namePattern }),
    ...(allowOutside !== undefined && { allowOutside }),
    ...(multiLabel !== undefined && { multiLabel }),
    ...(background !== undefined && { background }),
    ...(negatives !== undefined && { negatives }),
  });
  return dealtFolds === undefined ? dataset : dealDataset(dataset, dealtFolds);
}

/** Which features of which data. */
export interface FeatureSettings extends DataSettings {
  /** Default: the graph. */
  readonly extractor?: RunConfig["extractor"] | undefined;
  readonly skipBadClips: boolean;
  readonly maxClipSeconds: number;
  readonly features: FeatureConfig;
  /** How much faster the sounds are played, for augmentation. Default 1. */
  readonly speed?: number;
}

/** Features of a data set that lie in the cache; close it to end the extractor. */
export interface OpenFeatures {
  readonly dataset: Dataset;
  readonly featureSet: PreparedFeatureSet;
  readonly close: () => Promise<void>;
}

/** Makes sure that the features of all clips lie in the cache, with a progress bar. */
export async function openFeatures(settings: FeatureSettings): Promise<OpenFeatures> {
  const { extractor = "graph", skipBadClips, maxClipSeconds, features, speed = 1 } = settings;
  const dataset = await openDataset(settings);
  const cache = createFeatureCache({
    folder: featureFolder,
    config: features,
    extractor,
    maxClipSeconds,
    speed,
  });
  const progress = createProgress(speed === 1 ? "features" : `features at speed ${speed}`);
  const onProgress = (done: number, total: number): void => {
    progress.update(done, total);
  };
  try {
    const featureSet = await openFeatureSet(dataset, cache, { skipBadClips, onProgress });
    return { dataset, featureSet, close: () => cache.dispose() };
  } catch (error) {
    await cache.dispose();
    throw error;
  } finally {
    progress.end();
  }
}

/** What a run trains on: its features, and those at the other speeds that its augmentation asks for. */
export interface RunFeatures {
  readonly featureSet: FeatureSet;
  readonly variants: ReadonlyMap<number, FeatureSet>;
  /** Sounds of no class, where the augmentation asks for them. */
  readonly background: BackgroundFeatures;
  /** Of every clip, where the job learns from a backbone. */
  readonly embeddings: ClipEmbeddings;
  readonly close: () => Promise<void>;
}

export async function openRunFeatures(config: RunConfig): Promise<RunFeatures> {
  const { features, augmentation } = config.job;
  const main = await openFeatures({ ...config, features });
  const variants = new Map<number, OpenFeatures>();
  for (const speed of augmentation?.speeds ?? []) {
    if (speed !== 1) variants.set(speed, await openFeatures({ ...config, features, speed }));
  }
  return {
    featureSet: main.featureSet,
    variants: new Map([...variants].map(([speed, { featureSet }]) => [speed, featureSet])),
    embeddings: await openEmbeddings(config, main.dataset),
    background:
      (augmentation?.negatives ?? null) === null ? noBackgroundFeatures : await openBackground(config, main.dataset),
    close: async () => {
      for (const { close } of [main, ...variants.values()]) await close();
    },
  };
}

async function openEmbeddings(
  { job, skipBadClips, maxClipSeconds }: RunConfig,
  dataset: Dataset,
): Promise<ClipEmbeddings> {
  const { teacherBackbone } = job;
  if (teacherBackbone === null) return new Map();
  const loaded = await loadBackbone(teacherBackbone.file);
  if (loaded.backbone.sha256 !== teacherBackbone.sha256)
    throw new UserError(
      `${teacherBackbone.file}: expected the backbone that this run began with (SHA-256 ${teacherBackbone.sha256}), ` +
        `got another (${loaded.backbone.sha256})`,
    );
  const { clips, rows } = await embedClips(dataset, loaded, { skipBadClips, maxClipSeconds });
  return new Map(clips.map(({ id, parent }, row) => [parent ?? id, viewRow(rows, row)]));
}

/**
 * Sounds of each kind that are generated, 5 s each, those that differ most by the size of the data set: for 400 clips
 * 25 minutes in all, most of them speech-like sounds and music. They take about a minute to make, once.
 */
function countGenerated(clips: number): { readonly steady: number; readonly varied: number } {
  return { steady: 6, varied: Math.min(80, Math.max(18, Math.ceil(clips / 5))) };
}

async function openBackground(config: RunConfig, dataset: Dataset): Promise<BackgroundFeatures> {
  const { extractor, job } = config;
  const { test, validation } = job.folds;
  const counts = countGenerated(dataset.clips.length);
  const plan = planBackground(0, "training", counts);
  const generated = await extractBackground(plan, job.features, extractor, featureFolder);
  const recorded = await readBackground(
    config,
    dataset,
    ({ fold }) => !test.includes(fold) && !validation.includes(fold),
  );
  const ids = recorded.map(({ clip }) => clip.id).join("\n");
  return {
    id: `generated ${generatedBackgroundVersion}, ${counts.varied}\n${ids}`,
    beds: recorded.filter(({ clip }) => isBed(clip)).map(({ logMel }) => logMel),
    negatives: recorded.map(({ logMel }) => logMel),
    generated: generated.map(({ logMel }) => logMel),
  };
}

/** A window of recorded background. */
interface BackgroundWindow {
  readonly clip: Clip;
  readonly logMel: LogMel;
}

/**
 * The windows of a data set's background that a rule picks, long recordings cut into several; what is silent or cannot
 * be read is left out, and named.
 */
export async function readBackground(
  settings: Pick<RunConfig, "extractor" | "maxClipSeconds" | "job">,
  { name, layout, root, background }: Dataset,
  isWanted: (clip: Clip) => boolean,
): Promise<BackgroundWindow[]> {
  const clips = background.filter(isWanted);
  if (clips.length === 0) return [];
  const { extractor, maxClipSeconds, job } = settings;
  const cache = createFeatureCache({ folder: featureFolder, config: job.features, extractor, maxClipSeconds });
  const set = { name, layout, root, labels: [], labelling: "one", clips } as const;
  try {
    const opened = await openFeatureSet({ ...set, background: [], trimsLongClips: false, warnings: [], unused: [] }, cache, { skipBadClips: true });
    for (const { reason } of opened.badClips) console.error(`background left out: ${reason}`);
    return await Promise.all(
      opened.clips.map(async (clip, index) => ({ clip, logMel: await opened.read(index) })),
    );
  } finally {
    await cache.dispose();
  }
}

/** Removes cached features that no run has used for some days. */
export async function pruneFeatures(unusedDays: number): Promise<string> {
  const { removedFiles, removedBytes, keptFiles } = await pruneCache(featureFolder, unusedDays);
  return `${featureFolder}: ${removedFiles} files removed (${(removedBytes / 1e6).toFixed(1)} MB), ${keptFiles} kept`;
}
