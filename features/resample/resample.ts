import { joinBlocks } from "../../common/join-blocks.ts";
import { createPause, type StopSignal } from "../../common/stop-signal.ts";
import type { Waveform } from "../audio/waveform.ts";
import { createResampler } from "./resampler.ts";

/** Few enough that the slowest ratio, whose every output has a filter of its own, is stopped within 100 ms. */
const blockSamples = 2 ** 13;

/**
 * The waveform at another rate, `countResampled` samples long (ceil(samples x to / from)), without delay: sample n
 * stands at the same time as before. At its own rate the waveform comes back as it is.
 *
 *     const { samples } = await resample({ samples: new Float32Array(48_000), sampleRateHz: 48_000 }, 44_100);
 *
 * @throws the signal's reason, once it is aborted
 */
export async function resample(
  waveform: Waveform,
  sampleRateHz: number,
  signal?: StopSignal,
): Promise<Waveform> {
  if (waveform.sampleRateHz === sampleRateHz) return waveform;
  const resampler = createResampler(waveform.sampleRateHz, sampleRateHz);
  const pause = createPause(signal);
  const blocks: Float32Array[] = [];
  for (let start = 0; start < waveform.samples.length; start += blockSamples) {
    blocks.push(resampler.push(waveform.samples.subarray(start, start + blockSamples)));
    await pause();
  }
  blocks.push(resampler.flush());
  return { samples: joinBlocks(blocks), sampleRateHz };
}
