import { cutZeros } from "../../features/cut-zeros.ts";
import type { FeatureConfig } from "../../features/feature-config.ts";
import { findLengthProblem } from "../../features/fit-clip.ts";
import { AudioError } from "../errors.ts";
import { placeWindows } from "./place-windows.ts";

/**
 * What of a sound enters a model at a time: up to 1.1 of `wholeSamples`, digital silence at its ends not counted, it is
 * the sound as it is; longer sound is cut into windows of `wholeSamples`.
 * @param name for messages
 * @param features of the model; their frames are single samples where a backbone cuts by itself
 * @throws AudioError when it is too short
 */
export function cutWindows(
  sound: Float32Array,
  name: string,
  features: FeatureConfig,
  wholeSamples: number,
): Float32Array[] {
  const problem = findLengthProblem(sound.length, features);
  if (problem !== undefined) throw new AudioError(`${name}: ${problem}`);
  const isLong = placeWindows(sound.length, wholeSamples).length > 1;
  const samples = isLong && features.padding === "loop" ? cutZeros(sound, features) : sound;
  // The frames at both ends of what is left may hold zeros beside the sound: they do not make it longer.
  const countedSamples = samples.length - (samples.length < sound.length ? 2 * features.fftSamples : 0);
  if (placeWindows(countedSamples, wholeSamples).length === 1) return [samples];
  const starts = placeWindows(samples.length, wholeSamples);
  return starts.map((start) => samples.subarray(start, start + wholeSamples));
}
