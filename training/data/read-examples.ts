import { at } from "../../common/at.ts";
import { indexLabels } from "../../datasets/dataset.ts";
import type { FeatureSet } from "../../datasets/feature-set.ts";
import type { FeatureConfig } from "../../features/feature-config.ts";
import { normaliseClip, standardise, type Standardisation } from "../../features/input-transform.ts";
import type { LogMel } from "../../features/log-mel.ts";

/** A window as it enters the network, and its classes. */
export interface Example {
  readonly input: LogMel;
  /** Class indices: one, or any number where clips may have several. */
  readonly labels: readonly number[];
  /** Id of the whole clip: the answers of windows that share it are pooled. */
  readonly clip: string;
}

/** Clips read at a time: enough to hide the disk, few enough to keep a cold cache's decoders small. */
const readConcurrency = 8;

/** Reads clips, in order, with level and clip mean applied. */
export async function readNormalised(
  featureSet: FeatureSet,
  indices: readonly number[],
  config: FeatureConfig,
): Promise<LogMel[]> {
  return (await readClips(featureSet, indices)).map((clip) => normaliseClip(clip, config));
}

/** Reads clips, in order, as extracted. */
export async function readClips(featureSet: FeatureSet, indices: readonly number[]): Promise<LogMel[]> {
  const clips: LogMel[] = [];
  for (let start = 0; start < indices.length; start += readConcurrency) {
    const group = indices.slice(start, start + readConcurrency);
    clips.push(...(await Promise.all(group.map((index) => featureSet.read(index)))));
  }
  return clips;
}

/** Standardises normalised clips in place and joins their classes. */
export function labelExamples(
  featureSet: FeatureSet,
  indices: readonly number[],
  clips: readonly LogMel[],
  standardisation: Standardisation,
): Example[] {
  return clips.map((input, position) => {
    standardise(input.values, standardisation);
    return { input, ...readTarget(featureSet, at(indices, position)) };
  });
}

/** Class indices of a window and the id of its whole clip. @throws RangeError when there is no such clip or class */
export function readTarget(
  { clips, labels }: Pick<FeatureSet, "clips" | "labels">,
  index: number,
): Pick<Example, "labels" | "clip"> {
  const clip = at(clips, index);
  const own = indexLabels(clip, labels);
  if (own.includes(-1))
    throw new RangeError(`${clip.id}: expected classes of ${labels.join(", ")}, got ${clip.label}`);
  return { labels: own, clip: clip.parent ?? clip.id };
}
