import type { FeatureExtractor } from "./extractor.ts";
import { countFrames, type FeatureConfig } from "./feature-config.ts";
import { joinBlocks } from "../common/join-blocks.ts";
import type { LogMel } from "./log-mel.ts";
import { createResampler } from "./resample/resampler.ts";

/**
 * The next frames of a stream.
 *
 *     const { frames, firstFrame }: LogMelBlock = await stream.push(samples);
 *     const startSeconds = (firstFrame * config.hopSamples) / config.sampleRateHz;
 */
export interface LogMelBlock extends LogMel {
  /** Number of frames before these; frame n starts n x hopSamples / sampleRateHz seconds into the sound. */
  readonly firstFrame: number;
}

/**
 * Log-mel of a sound that arrives in pieces: what `createLogMelStream` gives.
 *
 *     for await (const block of blocks) draw(await stream.push(block));
 *     draw(await stream.flush());
 */
export interface LogMelStream {
  /**
   * Takes the next samples, from one to minutes of them @returns the frames that are complete, maybe none. Calls
   * may overlap: each has its own frames, in the order of the calls.
   */
  push(samples: Float32Array): Promise<LogMelBlock>;
  /** Ends the sound @returns the last frames; samples that fill no window are dropped, as in a whole clip */
  flush(): Promise<LogMelBlock>;
}

/**
 * Log-mel of a sound that arrives in pieces: exactly the frames that the whole sound gives, same count and times,
 * whatever the pieces (values to 1e-5). Holds back less than one window.
 *
 *     const extractor = createMeydaExtractor(config);
 *     const stream = createLogMelStream(config, extractor, 48_000);
 *     const { firstFrame, frames } = await stream.push(samples);
 *
 * @param sourceRateHz rate of the samples, resampled on the way when it is not the config's
 */
export function createLogMelStream(
  config: FeatureConfig,
  extractor: FeatureExtractor,
  sourceRateHz: number = config.sampleRateHz,
): LogMelStream {
  const { hopSamples, sampleRateHz } = config;
  const resampler = sourceRateHz === sampleRateHz ? undefined : createResampler(sourceRateHz, sampleRateHz);
  let pending: Float32Array = new Float32Array(0);
  let nextFrame = 0;

  // Everything but the extraction happens before the first await, so that overlapping calls keep their order.
  const take = async (samples: Float32Array): Promise<LogMelBlock> => {
    const sound = joinBlocks([pending, samples]);
    const frames = countFrames(config, sound.length);
    const skipped = Math.min(frames * hopSamples, sound.length);
    pending = sound.slice(skipped);
    const firstFrame = nextFrame;
    nextFrame += frames;
    return { ...(await extractor.extract(sound)), firstFrame };
  };
  return {
    push: (samples) => take(resampler?.push(samples) ?? samples),
    flush: () => take(resampler?.flush() ?? new Float32Array(0)),
  };
}
