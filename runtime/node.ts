import { availableParallelism } from "node:os";
import { useFloat32Products } from "../common/float32-products.ts";
import type { OrtRuntime } from "../features/ort-runtime.ts";
import { requireCuda } from "./platform/check-cuda.ts";
import { loadOnnxRuntime } from "./platform/load-onnxruntime.ts";
import type { Classifier } from "./classifier.ts";
import type { Waveform } from "../features/audio/waveform.ts";
import { type ClassifierOptions, createClassifierOn } from "./create-classifier.ts";
import { OptionError } from "./errors.ts";
import { openScorerOn } from "./open-scorer.ts";
import type { SessionOptions } from "./open-session.ts";
import type { ShapedScorer } from "./ort-scorer.ts";
import type { Platform } from "./platform.ts";
import type { AudioInMemory } from "./audio/audio-input.ts";
import type { BytesInMemory } from "./audio/read-bytes.ts";
import { readWaveformOn, type WaveformOptions } from "./audio/read-waveform.ts";
import { type NodeSource, openNodeSource, readNodeSource } from "./platform/read-node-source.ts";
import { createThreadedReader } from "./audio/threaded-reader.ts";

export * from "./api.ts";
export type { NodeSource } from "./platform/read-node-source.ts";

/**
 * What `createClassifier` takes in Node.
 *
 *     await createClassifier("model.onnx", { executionProviders: ["cuda", "cpu"], decodeThreads: 2 });
 */
export interface NodeClassifierOptions extends ClassifierOptions {
  /**
   * Most threads that decode files while the model computes, started when several clips are under way or a recording
   * is read; 0 decodes in the calling thread. Default the processor's cores, up to 4.
   */
  readonly decodeThreads?: number;
}

/**
 * Opens a model that earshot exported.
 *
 *     const classifier = await createClassifier("model.onnx");
 *     const [best] = await classifier.classify("dog.ogg");
 *
 * @throws ModelError, BackendError, OptionError, SourceError when there is no such file
 */
export async function createClassifier(
  model: NodeSource | BytesInMemory,
  options: NodeClassifierOptions = {},
): Promise<Classifier<NodeSource>> {
  const { decodeThreads = Math.min(4, availableParallelism()) } = options;
  if (!Number.isInteger(decodeThreads) || decodeThreads < 0)
    throw new OptionError(`decodeThreads: expected a whole number from 0, got ${decodeThreads}`);
  return createClassifierOn(
    { ...platform, createReader: (here) => createThreadedReader(here, decodeThreads) },
    model,
    options,
  );
}

/**
 * Reads any audio as the classifier does, without a model: decoded, mixed to mono, resampled.
 *
 *     const { samples } = await readWaveform("dog.flac", { sampleRateHz: 16_000 });
 *
 * @returns mono samples, full scale [-1, 1], at the rate asked for or the sound's own
 * @throws AudioError for what cannot be decoded or is silent, SourceError, OptionError, the signal's reason
 */
export function readWaveform(
  audio: NodeSource | AudioInMemory,
  options: WaveformOptions = {},
): Promise<Waveform> {
  return readWaveformOn({ read: readNodeSource }, audio, options);
}

/**
 * Any ONNX model with one float32 input as what `verifyParity` compares.
 *
 *     const scorer = await openScorer<[clips: number, values: number]>("model.onnx");
 *
 * @throws BackendError, SourceError when there is no such file
 */
export function openScorer<Shape extends readonly number[]>(
  model: NodeSource | BytesInMemory,
  options: SessionOptions = {},
): Promise<ShapedScorer<Shape>> {
  return openScorerOn(platform, model, options);
}

const platform: Platform<NodeSource> = {
  defaultProviders: ["cpu"],
  loadOrt,
  read: readNodeSource,
  open: openNodeSource,
  enqueue: (run) => run(),
};

// eslint-disable-next-line @typescript-eslint/require-await -- what is thrown must reject, as in the browser
async function loadOrt(provider: string): Promise<OrtRuntime> {
  if (provider === "cuda") {
    requireCuda();
    useFloat32Products();
  }
  return loadOnnxRuntime();
}
