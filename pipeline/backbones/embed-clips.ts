import type { Labelling } from "../../common/labelling.ts";
import { createEmbeddingCache } from "../../datasets/cache/embedding-cache.ts";
import type { Clip, Dataset } from "../../datasets/dataset.ts";
import { openFeatureSet, type PreparedFeatureSet } from "../../datasets/feature-set.ts";
import { stackRows, type Matrix } from "../../heads/matrix.ts";
import { poolEmbeddings } from "../../heads/pool-windows.ts";
import { featureFolder } from "../program-folders.ts";
import { createProgress } from "../screen/progress.ts";
import type { LoadedBackbone } from "./load-backbone.ts";

/** A data set as heads see it: a row for each clip. */
export interface EmbeddedClips {
  readonly labels: readonly string[];
  readonly labelling: Labelling;
  readonly clips: readonly Clip[];
  /** Mean ++ maximum over the windows' embeddings, [clips, 2 x dimensions]. */
  readonly rows: Matrix;
  /** The same of each clip at another speed, which trains beside it. */
  readonly copies?: Matrix | undefined;
  /** Windows of each clip. */
  readonly windows: readonly number[];
  readonly featureSet: PreparedFeatureSet;
}

interface EmbedOptions {
  readonly skipBadClips: boolean;
  readonly maxClipSeconds: number;
  /** How much faster the sounds are played. Default 1. */
  readonly speed?: number;
}

/** Of the copies: slower ones gave nothing (docs/few-shot.md). */
export const copySpeed = 1.1;
/** Clips a class, in the mean, up to which copies were measured. */
export const maxCopiedClips = 10;

/** Embeds what the cache does not hold yet. @throws UserError that lists every bad clip */
export async function embedClips(
  dataset: Dataset,
  { backbone, file }: LoadedBackbone,
  { skipBadClips, maxClipSeconds, speed = 1 }: EmbedOptions,
): Promise<EmbeddedClips> {
  const cache = createEmbeddingCache({
    folder: featureFolder,
    backbone,
    backboneFile: file,
    maxClipSeconds,
    speed,
  });
  const progress = createProgress(speed === 1 ? "embeddings" : "copies");
  try {
    const onProgress = (done: number, total: number): void => {
      progress.update(done, total);
    };
    const featureSet = await openFeatureSet(dataset, cache, { skipBadClips, onProgress });
    const pooled: Float64Array[] = [];
    const windows: number[] = [];
    for (const index of featureSet.clips.keys()) {
      const { values, frames, bands } = await featureSet.read(index);
      pooled.push(poolEmbeddings(values, bands));
      windows.push(frames);
    }
    const { labels, clips } = featureSet;
    return { labels, labelling: dataset.labelling, clips, rows: stackRows(pooled), windows, featureSet };
  } finally {
    progress.end();
    await cache.dispose();
  }
}

/**
 * The clips with a copy of each at another speed, where they are so few that the head gains from it; else as they are.
 * @throws as `embedClips`
 */
export async function addCopies(
  embedded: EmbeddedClips,
  dataset: Dataset,
  loaded: LoadedBackbone,
  options: Omit<EmbedOptions, "speed">,
): Promise<EmbeddedClips> {
  const { clips, labels } = embedded;
  if (clips.length > maxCopiedClips * labels.length) return embedded;
  const { rows } = await embedClips(dataset, loaded, { ...options, speed: copySpeed });
  return { ...embedded, copies: rows };
}
