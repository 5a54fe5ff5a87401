import { at } from "../common/at.ts";
import { countFrames, type FeatureConfig } from "./feature-config.ts";
import type { LogMel } from "./log-mel.ts";

/** Fraction of the loudest frame's power up to which a frame at an end is silent: 60 dB down. */
export const silentFraction = 1e-6;

/**
 * Samples of one clip: `clipSeconds` at `sampleRateHz`, rounded.
 *
 *     countClipSamples({ clipSeconds: 5, sampleRateHz: 44_100 }); // 220,500
 */
export function countClipSamples(config: Pick<FeatureConfig, "clipSeconds" | "sampleRateHz">): number {
  return Math.round(config.clipSeconds * config.sampleRateHz);
}

/**
 * Frames of one clip, which every network is trained on: 5 s at 44.1 kHz have 214.
 *
 *     countClipFrames(defaultFeatureConfig); // 214
 */
export function countClipFrames(config: FeatureConfig): number {
  return countFrames(config, countClipSamples(config));
}

/** What is wrong with sound of less than one frame; undefined for any longer sound. */
export function findLengthProblem(
  samples: number,
  { fftSamples, sampleRateHz }: Pick<FeatureConfig, "fftSamples" | "sampleRateHz">,
): string | undefined {
  if (samples >= fftSamples) return undefined;
  const frameMs = Math.round((1000 * fftSamples) / sampleRateHz);
  const frame = `${fftSamples} samples, ${frameMs} ms at ${sampleRateHz} Hz`;
  return `expected at least one frame of sound (${frame}), got ${samples} samples`;
}

/** Which frames of a clip are taken: `length` from `first` on, and from `first` again after the last of them. */
export interface FrameLoop {
  readonly first: number;
  readonly length: number;
}

/**
 * Fits the frames of a clip of any length to `frames`, as `graph/fit-nodes.ts` does inside exported models. Longer
 * clips lose their end. Shorter ones are filled with frames of no power after (`zero`) or around them (`centre`, the
 * odd frame after), or start again from the beginning (`repeat`). `loop` leaves out the silent frames at both ends
 * of any clip, then does as `repeat`: frame t is frame `first + t mod length`.
 *
 *     fitClip(await extractor.extract(samples), countClipFrames(config), config);
 *
 * @returns new values [frames, bands] @throws RangeError for a clip without a frame
 */
export function fitClip(
  clip: LogMel,
  frames: number,
  { padding, melBands }: Pick<FeatureConfig, "padding" | "melBands">,
): LogMel {
  if (clip.frames === 0) throw new RangeError("fitClip: expected at least one frame, got none");
  switch (padding) {
    case "zero":
      return placeFrames(clip, frames, 0);
    case "centre":
      return placeFrames(clip, frames, Math.max(0, Math.floor((frames - clip.frames) / 2)));
    case "repeat":
      return loopFrames(clip, frames, { first: 0, length: clip.frames });
    case "loop":
      return loopFrames(clip, frames, findSound(clip, melBands, Math.expm1));
  }
}

/**
 * Where a fitted clip's frames are in the clip: its frame t is the clip's frame `first + t`, up to `length` of them.
 * `first` is below 0 where frames of no power stand before the clip.
 * @param toPower from a value of the clip to mel power: `Math.expm1` for log-mel
 */
export function locateFrames(
  clip: LogMel,
  frames: number,
  { padding, melBands }: Pick<FeatureConfig, "padding" | "melBands">,
  toPower: (value: number) => number,
): FrameLoop {
  switch (padding) {
    case "zero":
    case "repeat":
      return { first: 0, length: Math.min(frames, clip.frames) };
    case "centre": {
      const before = Math.max(0, Math.floor((frames - clip.frames) / 2));
      return { first: -before, length: Math.min(frames, before + clip.frames) };
    }
    case "loop": {
      const { first, length } = findSound(clip, melBands, toPower);
      return { first, length: Math.min(frames, length) };
    }
  }
}

function placeFrames({ values, bands, frames: own }: LogMel, frames: number, offset: number): LogMel {
  const placed = new Float32Array(frames * bands);
  placed.set(values.subarray(0, Math.min(own, frames) * bands), offset * bands);
  return { values: placed, frames, bands };
}

function loopFrames({ values, bands }: LogMel, frames: number, { first, length }: FrameLoop): LogMel {
  const looped = new Float32Array(frames * bands);
  for (let start = 0; start < frames; start += length) {
    const count = Math.min(length, frames - start);
    looped.set(values.subarray(first * bands, (first + count) * bands), start * bands);
  }
  return { values: looped, frames, bands };
}

/**
 * From the first to the last frame whose power, summed over the mel bands, exceeds a millionth of the loudest
 * frame's. What lies between sounds stays; digital silence has no such frame and stays whole.
 */
function findSound(
  { values, frames, bands }: LogMel,
  melBands: number,
  toPower: (value: number) => number,
): FrameLoop {
  const powers = new Float64Array(frames);
  for (let frame = 0; frame < frames; frame++) {
    const end = frame * bands + melBands;
    let power = 0; // an inner loop: every index exists
    for (let index = frame * bands; index < end; index++) power += toPower(values[index] ?? 0);
    powers[frame] = power;
  }
  const threshold = silentFraction * powers.reduce((max, power) => Math.max(max, power), 0);
  const first = powers.findIndex((power) => power > threshold);
  if (first < 0) return { first: 0, length: frames };
  let last = frames - 1;
  while (at(powers, last) <= threshold) last--;
  return { first, length: last - first + 1 };
}
