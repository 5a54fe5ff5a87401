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
  /** Windows of each clip. */
  readonly windows: readonly number[];
  readonly featureSet: PreparedFeatureSet;
}

interface EmbedOptions {
  readonly skipBadClips: boolean;
  readonly maxClipSeconds: number;
}

/** Embeds what the cache does not hold yet. @throws UserError that lists every bad clip */
export async function embedClips(
  dataset: Dataset,
  { backbone, file }: LoadedBackbone,
  { skipBadClips, maxClipSeconds }: EmbedOptions,
): Promise<EmbeddedClips> {
  const cache = createEmbeddingCache({
    folder: featureFolder,
    backbone,
    backboneFile: file,
    maxClipSeconds,
  });
  const progress = createProgress("embeddings");
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
