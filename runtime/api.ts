/** What both entries export besides `createClassifier`. */
export type { LogMelBlock, LogMelStream } from "../features/log-mel-stream.ts";
export { type Layer, listLayers } from "../onnx/list-layers.ts";
export type { AudioBufferLike, AudioInMemory, AudioOptions } from "./audio/audio-input.ts";
export type { WaveformOptions } from "./audio/read-waveform.ts";
export type { Waveform } from "../features/audio/waveform.ts";
export type { Classifier } from "./classifier.ts";
export type { WindowEmbedding } from "./timeline/place-windows.ts";
export type { ClipScorer } from "./clip-scorer.ts";
export {
  type AudioAnswer,
  classifyFiles,
  type ClassifyFilesOptions,
  type ClassifyOptions,
} from "./classify-files.ts";
export type { ClassifierOptions } from "./create-classifier.ts";
export {
  AudioError,
  BackendError,
  DisposedError,
  ModelError,
  type ModelErrorCode,
  OptionError,
  ParityError,
  SourceError,
  StreamError,
} from "./errors.ts";
export {
  type EventFormat,
  eventFormats,
  formatAudacity,
  formatCsv,
  formatJson,
} from "./timeline/format-events.ts";
export type { ClassifierInfo } from "./loaded-model.ts";
export type { Backend } from "./open-session.ts";
export { createOrtScorer, type SampleShape, type ShapedScorer } from "./ort-scorer.ts";
export { compareScorers, formatParityReport, type ParityReport, verifyParity } from "./parity/parity.ts";
export { buildFeatureInputs, buildSampleInputs, type ParityInput } from "./parity/parity-inputs.ts";
export { readModel } from "./read-model.ts";
export type { Pooling } from "../features/pool-logits.ts";
export type { Classification, LabelScore } from "./rank-labels.ts";
export type { BytesInMemory } from "./audio/read-bytes.ts";
export type { ThresholdOptions } from "./thresholds.ts";
export type { TimelineEntry, TimelineOptions } from "./timeline/score-timeline.ts";
export type { SoundStream, StreamOptions } from "./timeline/sound-stream.ts";
export type { EventOptions, SoundEvent } from "./timeline/track-events.ts";
