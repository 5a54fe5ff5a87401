import { readFile } from "node:fs/promises";
import type { Clip } from "../../datasets/dataset.ts";
import { decodeAudio } from "../../features/audio/decode.ts";
import type { FeatureConfig } from "../../features/feature-config.ts";
import { countClipSamples } from "../../features/fit-clip.ts";
import { resample } from "../../features/resample/resample.ts";
import { openDataset } from "../runs/open-data.ts";
import type { Run } from "../runs/run-folder.ts";
import { UserError } from "../../common/user-error.ts";

/** A real clip at the network's rate, as its file has it but for the end of a long one. */
export interface ParityClip {
  readonly name: string;
  readonly samples: Float32Array;
}

const clipsPerClass = 2;
const maxClips = 40;
/** In lengths of the network's clip: enough for what happens to sound that is too long. */
const maxLengths = 2.5;

interface PickOptions {
  readonly features: FeatureConfig;
  readonly maxClipSeconds: number;
  readonly skipBadClips: boolean;
}

/** The first clips of each class. */
export async function pickClips(
  clips: readonly Clip[],
  { features, maxClipSeconds, skipBadClips }: PickOptions,
): Promise<ParityClip[]> {
  const taken = new Map<string, number>();
  const picked: ParityClip[] = [];
  for (const clip of clips) {
    const count = taken.get(clip.label) ?? 0;
    if (count >= clipsPerClass || picked.length >= maxClips) continue;
    try {
      picked.push({ name: clip.id, samples: await readClipSamples(clip, features, maxClipSeconds) });
      taken.set(clip.label, count + 1);
    } catch (error) {
      // The features stage has said what is wrong with it.
      if (!(error instanceof UserError && skipBadClips)) throw error;
    }
  }
  return picked;
}

/** The start of a clip. @param maxSeconds longest file that is decoded */
export async function readClipSamples(
  clip: Clip,
  config: FeatureConfig,
  maxSeconds: number,
): Promise<Float32Array> {
  const { samples } = await resample(
    await decodeAudio(await readFile(clip.path), clip.id, { maxSeconds }),
    config.sampleRateHz,
  );
  const start = Math.round((clip.range?.startSeconds ?? 0) * config.sampleRateHz);
  const end = clip.range === undefined ? undefined : Math.round(clip.range.endSeconds * config.sampleRateHz);
  const longest = Math.round(maxLengths * countClipSamples(config));
  return samples.slice(start, end).subarray(0, longest);
}

/** Of the validation fold; of the test fold where nothing validates; else of all. */
export async function pickRunClips({ config }: Run): Promise<ParityClip[]> {
  const { folds, features } = config.job;
  const { clips } = await openDataset(config);
  const chosen = [folds.validation, folds.test].find((list) => list.length > 0);
  const picked = chosen === undefined ? clips : clips.filter(({ fold }) => chosen.includes(fold));
  return await pickClips(picked, { features, ...config });
}
