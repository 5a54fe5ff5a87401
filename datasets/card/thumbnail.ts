import { readFile } from "node:fs/promises";
import { decodeAudio } from "../../features/audio/decode.ts";
import type { Clip } from "../dataset.ts";
import type { CachedClip } from "../cache/feature-cache.ts";
import type { PreparedFeatureSet } from "../feature-set.ts";
import { listLabels } from "../dataset.ts";
import { groupByEach } from "../folds/group-by.ts";
import { drawMel, drawWaveform } from "./draw-clip.ts";

/** Keeps the page under a few megabytes, however many classes there are. */
const maxThumbnails = 240;
const maxPerClass = 6;
/** A clip cut from a recording that is longer than this is shown by its features alone. */
const maxDecodedSeconds = 600;

/** Of the drawing in which `waveform` stands. */
export const waveformWidth = 160;

export interface Thumbnail {
  readonly clip: Clip;
  readonly seconds: number;
  /** Points of an SVG polygon, 0 to `waveformWidth` and -50 to 50. */
  readonly waveform: string;
  /** A PNG. */
  readonly mel: Buffer;
}

/** Some clips of each class, spread over its clips and so over the folds. */
export function pickClips(labels: readonly string[], cached: readonly CachedClip[]): CachedClip[] {
  const perClass = Math.min(maxPerClass, Math.max(1, Math.floor(maxThumbnails / labels.length)));
  const ofClass = groupByEach(cached, ({ clip }) => listLabels(clip));
  return labels.slice(0, maxThumbnails).flatMap((label) => {
    const own = [...(ofClass.get(label) ?? [])].sort((a, b) => a.clip.fold - b.clip.fold);
    const count = Math.min(perClass, own.length);
    return Array.from({ length: count }, (_, index) => own[Math.floor((index * own.length) / count)]).flatMap(
      (clip) => clip ?? [],
    );
  });
}

export async function readThumbnail(
  { clip, facts }: CachedClip,
  featureSet: PreparedFeatureSet,
): Promise<Thumbnail> {
  const index = featureSet.clips.findIndex(({ id, parent }) => (parent ?? id) === clip.id);
  const mel = drawMel(await featureSet.read(index));
  return { clip, seconds: facts.seconds, waveform: await readWaveform(clip, featureSet.clipSeconds), mel };
}

/** Drawn over as much of the width as the features beneath have sound: a long clip shows its first window. */
async function readWaveform({ path, id, range }: Clip, clipSeconds: number): Promise<string> {
  const file = await decodeAudio(await readFile(path), id, { maxSeconds: maxDecodedSeconds }).catch(
    () => undefined,
  );
  if (file === undefined) return "";
  const { samples, sampleRateHz } = file;
  const startSeconds = range?.startSeconds ?? 0;
  const endSeconds = Math.min(range?.endSeconds ?? Infinity, startSeconds + clipSeconds);
  const shown = samples.subarray(
    Math.floor(startSeconds * sampleRateHz),
    Math.floor(endSeconds * sampleRateHz),
  );
  const fraction = Math.min(1, shown.length / (clipSeconds * sampleRateHz));
  return drawWaveform(shown, Math.max(1, Math.round(fraction * waveformWidth)));
}
