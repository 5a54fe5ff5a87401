/** The messages between the page and its worker. One worker holds one model on one backend. */
import type { LogMel } from "../../features/log-mel.ts";
import type { WavSound } from "../microphone/recording.ts";
import type { Backend, Classification, ClassifierInfo, Layer } from "../../runtime/web.ts";
import type { BackendName } from "../model/backends.ts";
import type { ReferenceCase } from "../model/demo-file.ts";
import type { Score } from "./score.ts";

/** Fetches ONNX Runtime, so that it is there when the model is. */
interface PrepareRequest {
  readonly backend: BackendName;
  readonly pageUrl: string;
}

export interface OpenRequest {
  readonly model: Blob;
  /** What messages call the model. */
  readonly name: string;
  readonly backend: BackendName;
  readonly pageUrl: string;
}

export interface OpenedModel {
  readonly info: ClassifierInfo;
  readonly layers: readonly Layer[];
  readonly fileBytes: number;
  readonly backend: Backend;
  readonly threads: number;
  /** Reading ONNX Runtime and the model, up to a session that can run. */
  readonly loadMs: number;
  /** The first inference of one window, features included. */
  readonly firstMs: number;
}

/** How fast one window is classified, measured several times, and how far the answers are from the reference. */
interface MeasureRequest {
  readonly reference: readonly ReferenceCase[];
}

export interface ReferenceParity {
  /** Largest difference of any logit, as the parity gate scales it; infinite where an answer is no number. */
  readonly largest: number;
  /** Whether each is within the parity gate's tolerance for it. */
  readonly isSame: boolean;
}

export interface Measured {
  readonly medianMs: number;
  /** Sound per time of computing: 100 means that a second of sound takes 10 ms. */
  readonly realTimeFactor: number;
  /** How far the answers are from the reference; undefined when the model has none. */
  readonly parity: ReferenceParity | undefined;
}

/** A sound as the page has it: a file, or what the browser has decoded, as blocks of channels. */
export type SoundSource =
  | { readonly kind: "file"; readonly blob: Blob }
  | {
      readonly kind: "decoded";
      readonly blocks: readonly (readonly Float32Array[])[];
      readonly sampleRateHz: number;
    };

export interface ClassifyRequest {
  readonly source: SoundSource;
  readonly name: string;
}

/** The classes of a clip, known before its picture. */
export interface ClipAnswer {
  readonly answer: Classification;
  readonly clipSeconds: number;
  readonly inferenceMs: number;
}

/** The decoded sound, at the model's rate. */
interface DecodedSound extends WavSound {
  /** Whether the sound has one answer; a longer one has a timeline alone. */
  readonly isShort: boolean;
  readonly isSilent: boolean;
}

/** The size of a picture whose frames follow. */
export interface PictureSize {
  readonly frames: number;
  readonly bands: number;
  readonly framesPerSecond: number;
}

export interface ListenRequest {
  /** Carries mono blocks, `Float32Array`, from the microphone. */
  readonly blocks: MessagePort;
  readonly sampleRateHz: number;
  /** The listening time that has passed before the first block, in other workers. */
  readonly startSeconds: number;
}

/** What is reported before `classify` ends: the answer of a short sound, its samples, its picture and its timeline. */
export type ClipReport =
  | { readonly kind: "answer"; readonly answer: ClipAnswer }
  | { readonly kind: "sound"; readonly sound: DecodedSound }
  | { readonly kind: "picture"; readonly picture: PictureSize }
  | { readonly kind: "frames"; readonly frames: LogMel }
  | { readonly kind: "scores"; readonly scores: readonly Score[] };

/** Bytes of ONNX Runtime that have arrived; the total is what the host says. */
export interface LoadReport {
  readonly loadedBytes: number;
  readonly totalBytes: number | undefined;
}

/** What is reported while listening, in its time. */
export type LiveReport =
  | { readonly kind: "frames"; readonly frames: LogMel }
  | { readonly kind: "score"; readonly score: Score; readonly isProvisional: boolean }
  | { readonly kind: "pace"; readonly pace: Pace };

/** How a machine keeps up with the microphone, over the last second. */
export interface Pace {
  readonly inferencesPerSecond: number;
  /** Fraction of the sound that was classified: below 1 the machine is too slow and sound is skipped. */
  readonly scoredFraction: number;
}

/** What the page asks of the worker that classifies. */
export interface ClassifierExchanges {
  readonly prepare: { request: PrepareRequest; answer: undefined; report: LoadReport };
  readonly open: { request: OpenRequest; answer: OpenedModel; report: never };
  readonly measure: { request: MeasureRequest; answer: Measured; report: never };
  readonly classify: { request: ClassifyRequest; answer: undefined; report: ClipReport };
  /** Ends the classification under way, which then rejects with the code `cancelled`. */
  readonly cancel: { request: undefined; answer: undefined; report: never };
  readonly listen: { request: ListenRequest; answer: undefined; report: LiveReport };
  readonly stop: { request: undefined; answer: undefined; report: never };
}
