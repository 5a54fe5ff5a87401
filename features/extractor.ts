import type { LogMel } from "./log-mel.ts";

/**
 * Turns samples into log-mel features; made for one feature config, so it needs no other setting.
 *
 *     const extractor: FeatureExtractor = createMeydaExtractor(defaultFeatureConfig);
 *     const { frames, bands } = await extractor.extract(samples);
 */
export interface FeatureExtractor {
  readonly name: "meyda" | "graph";
  /**
   * @param samples mono, at the config's rate, full scale [-1, 1], any length
   * @returns `countFrames(config, samples.length)` frames: 0 when the samples are shorter than a window
   */
  extract(samples: Float32Array): Promise<LogMel>;
  dispose(): Promise<void>;
}
