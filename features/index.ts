/** `earshot/features`: audio to log-mel, in Node and browsers alike. */
export { extractClip } from "./clip-features.ts";
export { decodeAudio, type DecodeOptions } from "./audio/decode.ts";
export type { FeatureExtractor } from "./extractor.ts";
export {
  countFrames,
  defaultFeatureConfig,
  type FeatureConfig,
  featureConfigSchema,
  hashFeatureConfig,
} from "./feature-config.ts";
export { buildFeatureGraph, type FeatureGraphOptions } from "./graph/feature-graph.ts";
export { countClipFrames, countClipSamples, fitClip } from "./fit-clip.ts";
export { createGraphExtractor, type GraphExtractorOptions } from "./graph/graph-extractor.ts";
export type { LogMel } from "./log-mel.ts";
export { createLogMelStream, type LogMelBlock, type LogMelStream } from "./log-mel-stream.ts";
export { createMeydaExtractor } from "./meyda/meyda-extractor.ts";
export type { OrtRuntime } from "./ort-runtime.ts";
export { resample } from "./resample/resample.ts";
export { createResampler, type Resampler } from "./resample/resampler.ts";
export type { FeatureShape, Scorer } from "./scorer.ts";
export { UserError } from "../common/user-error.ts";
export type { Waveform } from "./audio/waveform.ts";
