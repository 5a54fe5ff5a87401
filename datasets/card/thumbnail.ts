import { readFile } from "node:fs/promises";
import { decodeAudio } from "../../features/decode.ts";
import type { Clip } from "../dataset.ts";
import type { CachedClip } from "../feature-cache.ts";
import type { PreparedFeatureSet } from "../feature-set.ts";
import { groupBy } from "../group-by.ts";
import { drawMel, drawWaveform } from "./draw-clip.ts";

/** Keeps the page under a few megabytes, however many classes there are. */
const mostThumbnails = 240;
const mostPerClass = 6;
/** A clip cut from a recording that is longer than this is shown by its features alone. */
const mostDecodedSeconds = 600;

export interface Thumbnail {
  readonly clip: Clip;
  readonly seconds: number;
  /** Points of an SVG polygon. */
  readonly waveform: string;
  /** A PNG. */
  readonly mel: Buffer;
}

/** Some clips of each class, spread over its clips and so over the folds. */
export function pickClips(labels: readonly string[], cached: readonly CachedClip[]): CachedClip[] {
  const perClass = Math.min(mostPerClass, Math.max(1, Math.floor(mostThumbnails / labels.length)));
  const ofClass = groupBy(cached, ({ clip }) => clip.label);
  return labels.slice(0, mostThumbnails).flatMap((label) => {
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
  return { clip, seconds: facts.seconds, waveform: await readWaveform(clip), mel };
}

async function readWaveform({ path, id, range }: Clip): Promise<string> {
  const file = await decodeAudio(await readFile(path), id, { maxSeconds: mostDecodedSeconds }).catch(
    () => undefined,
  );
  if (file === undefined) return "";
  const { samples, sampleRateHz } = file;
  const start = Math.floor((range?.startSeconds ?? 0) * sampleRateHz);
  const end = range === undefined ? samples.length : Math.floor(range.endSeconds * sampleRateHz);
  return drawWaveform(samples.subarray(start, end));
}
