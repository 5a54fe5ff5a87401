import { refuseSilence } from "../../features/audio/check-samples.ts";
import { decodeAudio } from "../../features/audio/decode.ts";
import type { FeatureExtractor } from "../../features/extractor.ts";
import { countFrames, type FeatureConfig } from "../../features/feature-config.ts";
import { countClipSamples, fitClip, findLengthProblem } from "../../features/fit-clip.ts";
import type { LogMel } from "../../features/log-mel.ts";
import { resample } from "../../features/resample/resample.ts";
import { UserError } from "../../common/user-error.ts";
import type { Waveform } from "../../features/audio/waveform.ts";
import { cutClip } from "./cut-windows.ts";
import type { Clip } from "../dataset.ts";
import type { ClipFacts } from "../cache/feature-entry.ts";
import { measureClip } from "../measure-clip.ts";

/**
 * Goes up when decoding, resampling, cutting or extracting gives other numbers, so that cached features are made
 * anew.
 */
export const extractionVersion = 5;

/** A clip's log-mel, one for each of its windows, and what its audio is like. */
export interface ClipFeatures {
  readonly facts: ClipFacts;
  readonly windows: readonly LogMel[];
}

/** An audio file and what is wanted of it. */
interface AudioFile {
  readonly bytes: Uint8Array;
  /** Stands in messages. */
  readonly name: string;
  /** The clips; `undefined` is the whole file. */
  readonly ranges: readonly Clip["range"][];
}

interface Extraction {
  readonly config: FeatureConfig;
  readonly extractor: FeatureExtractor;
  /** Longest file that is decoded. */
  readonly maxSeconds: number;
  /** How much faster the sound is played, pitch and all: 5 s at speed 1.25 fill 4 s. */
  readonly speed: number;
}

/**
 * Features of clips of one file, which is decoded once.
 * @throws UserError when the bytes are no sound audio, a clip is silent, or a range lies outside
 */
export async function extractClips(
  { bytes, name, ranges }: AudioFile,
  extraction: Extraction,
): Promise<ClipFeatures[]> {
  const file = await decodeAudio(bytes, name, { maxSeconds: extraction.maxSeconds });
  const features: ClipFeatures[] = [];
  for (const range of ranges) {
    const clip = range === undefined ? file : cutRange(file, range, name);
    refuseSilence(
      clip,
      range === undefined ? name : `${name} from ${range.startSeconds} to ${range.endSeconds} s`,
    );
    const facts = measureClip(clip);
    features.push({
      facts,
      windows: await extractWindows(clip, cutClip(facts, extraction.config), name, extraction),
    });
  }
  return features;
}

/** The samples of a part of a file. @throws UserError when it lies outside */
export function cutRange(
  { samples, sampleRateHz }: Waveform,
  range: NonNullable<Clip["range"]>,
  name: string,
): Waveform {
  const start = Math.round(range.startSeconds * sampleRateHz);
  const end = Math.round(range.endSeconds * sampleRateHz);
  const slackSamples = Math.round(0.05 * sampleRateHz); // label files are written by hand, to the nearest pixel
  if (start < 0 || start >= end || end > samples.length + slackSamples) {
    const got = `${range.startSeconds} to ${range.endSeconds} s`;
    throw new UserError(
      `${name}: expected a range within its ${(samples.length / sampleRateHz).toFixed(2)} s, got ${got}`,
    );
  }
  return { samples: samples.subarray(start, end), sampleRateHz };
}

/**
 * Rate to which a sound is resampled so that, read at the config's rate, it is faster: fewer samples for the same
 * sound. To 100 Hz: rates without a common divisor would need a filter of their own for every sample.
 */
export function findPlaybackRate({ sampleRateHz }: FeatureConfig, speed: number): number {
  return speed === 1 ? sampleRateHz : 100 * Math.round(sampleRateHz / speed / 100);
}

async function extractWindows(
  clip: Waveform,
  starts: readonly number[],
  name: string,
  { config, extractor, speed }: Extraction,
): Promise<LogMel[]> {
  const rateHz = findPlaybackRate(config, speed);
  const { samples } = await resample(clip, rateHz);
  const problem = findLengthProblem(samples.length, config);
  if (problem !== undefined) throw new UserError(`${name}: ${problem}`);
  const clipSamples = speed === 1 ? countClipSamples(config) : Math.round(config.clipSeconds * rateHz);
  const windows: LogMel[] = [];
  for (const startSeconds of starts) {
    const start = Math.round(startSeconds * rateHz);
    // A clip's only window is fitted from the whole clip, which may begin with silence to be left out.
    const window = starts.length === 1 ? samples : samples.subarray(start, start + clipSamples);
    windows.push(fitClip(await extractor.extract(window), countFrames(config, clipSamples), config));
  }
  return windows;
}
