import { isRate, rateLimitsHz } from "../../features/audio/decode-track.ts";
import type { Waveform } from "../../features/audio/waveform.ts";
import { resample } from "../../features/resample/resample.ts";
import { OptionError } from "../errors.ts";
import type { Platform } from "../platform.ts";
import { type AudioInMemory, type AudioOptions, readAudio } from "./audio-input.ts";

/**
 * What `readWaveform` takes.
 *
 *     await readWaveform("dog.flac", { sampleRateHz: 16_000, onNote: (note) => console.warn(note) });
 */
export interface WaveformOptions extends Omit<AudioOptions, "sampleRateHz"> {
  /** Rate of the samples that come back: 1 to 768 kHz, the sound's own unless given. */
  readonly sampleRateHz?: number;
}

/** `readWaveform` of an entry. Bare samples are refused, for nothing says their rate. */
export async function readWaveformOn<Source extends object | string>(
  platform: Pick<Platform<Source>, "read">,
  audio: AudioInMemory | Source,
  { sampleRateHz, ...options }: WaveformOptions = {},
): Promise<Waveform> {
  if (sampleRateHz !== undefined) checkRate(sampleRateHz);
  const waveform = await readAudio(audio, platform, options);
  return sampleRateHz === undefined ? waveform : resample(waveform, sampleRateHz, options.signal);
}

/** @throws OptionError for a rate that no recorder has: what is computed with it would never end */
export function checkRate(sampleRateHz: number): void {
  if (isRate(sampleRateHz)) return;
  const { min, max } = rateLimitsHz;
  throw new OptionError(`sampleRateHz: expected whole Hz from ${min} to ${max}, got ${sampleRateHz}`);
}
