import { joinBlocks } from "../../common/join-blocks.ts";
import { createResampler } from "./resampler.ts";
import type { Waveform } from "../audio/waveform.ts";

const blockSamples = 2 ** 16;

/**
 * The waveform at another rate, `countResampled` samples long (ceil(samples x to / from)), without delay: sample n
 * stands at the same time as before. At its own rate the waveform comes back as it is.
 */
export function resample(waveform: Waveform, sampleRateHz: number): Promise<Waveform> {
  if (waveform.sampleRateHz === sampleRateHz) return Promise.resolve(waveform);
  const resampler = createResampler(waveform.sampleRateHz, sampleRateHz);
  const blocks: Float32Array[] = [];
  for (let start = 0; start < waveform.samples.length; start += blockSamples) {
    blocks.push(resampler.push(waveform.samples.subarray(start, start + blockSamples)));
  }
  blocks.push(resampler.flush());
  return Promise.resolve({ samples: joinBlocks(blocks), sampleRateHz });
}
