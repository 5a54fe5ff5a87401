import type { Env } from "onnxruntime-common";
import type { Classifier } from "./classifier.ts";
import type { Waveform } from "../features/audio/waveform.ts";
import { type ClassifierOptions, createClassifierOn } from "./create-classifier.ts";
import type { OrtRuntime } from "../features/ort-runtime.ts";
import { openScorerOn } from "./open-scorer.ts";
import type { SessionOptions } from "./open-session.ts";
import type { ShapedScorer } from "./ort-scorer.ts";
import type { Platform } from "./platform.ts";
import type { AudioInMemory } from "./audio/audio-input.ts";
import type { BytesInMemory } from "./audio/read-bytes.ts";
import { readWaveformOn, type WaveformOptions } from "./audio/read-waveform.ts";
import { openWebSource, readWebSource, type WebSource } from "./platform/read-web-source.ts";

export * from "./api.ts";
export type { WebSource } from "./platform/read-web-source.ts";

/**
 * What `createClassifier` takes in a page.
 *
 *     await createClassifier("model.onnx", { executionProviders: ["webgpu", "wasm"], wasmFolder: "/ort/" });
 */
export interface WebClassifierOptions extends ClassifierOptions {
  /**
   * Folder from which ONNX Runtime's `.wasm` files are served, ending in `/`; beside the script unless given. As
   * `threads`, it holds for the page: ONNX Runtime reads both once, when its first model starts.
   */
  readonly wasmFolder?: string;
  /** Gives ONNX Runtime's `.wasm` for a provider, instead of fetching it as it is: for pages that unpack it. */
  readonly loadWasm?: (provider: string) => Promise<Uint8Array>;
}

/** Sessions in a browser share one WebAssembly module, which runs one at a time. */
const enqueue = createRunQueue();

/**
 * Opens a model that earshot exported.
 *
 *     const classifier = await createClassifier("model.onnx", { executionProviders: ["webgpu", "wasm"] });
 *     const [best] = await classifier.classify("dog.ogg");
 *
 * Text is an address, relative to the page. ONNX Runtime is loaded only here, and its WebGPU build only for `webgpu`.
 * @throws ModelError, BackendError, SourceError when the address gives nothing
 */
export function createClassifier(
  model: WebSource | BytesInMemory,
  options: WebClassifierOptions = {},
): Promise<Classifier<WebSource>> {
  return createClassifierOn(describePlatform(options), model, options);
}

/**
 * Loads what an execution provider needs before there is a model, so that opening one waits for less.
 *
 *     void loadBackend("wasm"); // while the page asks for the microphone
 *
 * @throws Error when the browser lacks it
 */
export async function loadBackend(
  provider: "wasm" | "webgpu",
  options: WebScorerOptions = {},
): Promise<void> {
  await loadOrt(provider, options);
}

/**
 * Options of `openScorer`.
 *
 *     const options: WebScorerOptions = { executionProviders: ["webgpu"], wasmFolder: "/ort/" };
 */
export type WebScorerOptions = SessionOptions & Pick<WebClassifierOptions, "wasmFolder" | "loadWasm">;

/**
 * Reads any audio as the classifier does, without a model: decoded, mixed to mono, resampled.
 *
 *     const { samples } = await readWaveform("dog.flac", { sampleRateHz: 16_000 });
 *
 * @returns mono samples, full scale [-1, 1], at the rate asked for or the sound's own
 * @throws AudioError for what cannot be decoded or is silent, SourceError, OptionError, the signal's reason
 */
export function readWaveform(
  audio: WebSource | AudioInMemory,
  options: WaveformOptions = {},
): Promise<Waveform> {
  return readWaveformOn({ read: readWebSource }, audio, options);
}

/**
 * Any ONNX model with one float32 input as what `verifyParity` compares.
 *
 *     const scorer = await openScorer<[clips: number, values: number]>("model.onnx", { wasmFolder: "/ort/" });
 *
 * @throws BackendError, SourceError
 */
export function openScorer<Shape extends readonly number[]>(
  model: WebSource | BytesInMemory,
  options: WebScorerOptions = {},
): Promise<ShapedScorer<Shape>> {
  return openScorerOn(describePlatform(options), model, options);
}

function describePlatform(options: WebScorerOptions): Platform<WebSource> {
  return {
    defaultProviders: ["wasm"],
    loadOrt: (provider) => loadOrt(provider, options),
    read: readWebSource,
    open: openWebSource,
    enqueue,
  };
}

async function loadOrt(provider: string, options: WebScorerOptions): Promise<OrtRuntime> {
  if (provider === "webgpu" && !hasWebGpu())
    throw new Error("expected a browser with WebGPU, got one without navigator.gpu");
  const loading = provider === "wasm" ? import("onnxruntime-web/wasm") : import("onnxruntime-web/webgpu");
  const [ort, wasmBinary] = await Promise.all([loading, options.loadWasm?.(provider)]);
  configure(ort.env, options);
  if (wasmBinary !== undefined) ort.env.wasm.wasmBinary ??= wasmBinary;
  return ort;
}

function configure({ wasm }: Env, { wasmFolder, threads }: WebScorerOptions): void {
  if (wasmFolder !== undefined) wasm.wasmPaths = wasmFolder;
  if (threads !== undefined) wasm.numThreads = threads;
}

function hasWebGpu(): boolean {
  const navigator: unknown = Reflect.get(globalThis, "navigator");
  return typeof navigator === "object" && navigator !== null && "gpu" in navigator;
}

/**
 * Starts each run when the one before has ended, well or badly: for runtimes whose sessions cannot run at the same
 * time.
 */
function createRunQueue(): <Answer>(run: () => Promise<Answer>) => Promise<Answer> {
  let previous: Promise<unknown> = Promise.resolve(); // never rejects
  return (run) => {
    const current = previous.then(run);
    previous = current.then(ignore, ignore); // a failed run must not poison the next
    return current;
  };
}

function ignore(): void {
  // Its caller sees the failure.
}
