/** The messages between the page and its worker. One worker holds one model on one backend. */
import type { LogMel } from "../../features/log-mel.ts";
import type { Backend, Classification, ClassifierInfo, Layer } from "../../runtime/web.ts";
import type { BackendName } from "../model/backends.ts";
import type { ReferenceCase } from "../model/demo-file.ts";

/** Fetches ONNX Runtime, so that it is there when the model is. */
interface PrepareRequest {
  readonly kind: "prepare";
  readonly backend: BackendName;
  readonly pageUrl: string;
}

export interface OpenRequest {
  readonly kind: "open";
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
  readonly kind: "measure";
  readonly reference: readonly ReferenceCase[];
}

export interface Measured {
  readonly medianMs: number;
  /** Sound per time of computing: 100 means that a second of sound takes 10 ms. */
  readonly realTimeFactor: number;
  /** Largest difference of any logit from the reference (`scaleDifference`); undefined when the model has none. */
  readonly parity: number | undefined;
}

export interface ClassifyRequest {
  readonly kind: "classify";
  readonly audio: Blob;
  readonly name: string;
}

/** Probabilities over a stretch of sound, in the order of the model's labels. */
export interface Score {
  readonly startSeconds: number;
  readonly endSeconds: number;
  readonly probabilities: Float32Array;
}

/** The classes of a clip, known before its picture. */
export interface ClipAnswer {
  readonly answer: Classification;
  readonly clipSeconds: number;
  readonly inferenceMs: number;
}

export interface ClipPicture {
  /** The sound at the model's rate. */
  readonly samples: Float32Array;
  readonly sampleRateHz: number;
  /** At most as many frames as a wide screen shows: of longer sounds the loudest of several each. */
  readonly logMel: LogMel;
  readonly framesPerSecond: number;
  readonly answer: Classification;
}

/** The answer to `classify`, once the clip's own answer and then its picture were reported. */
export type Scores = readonly Score[];

export interface ListenRequest {
  readonly kind: "listen";
  /** Carries mono blocks, `Float32Array`, from the microphone. */
  readonly blocks: MessagePort;
  readonly sampleRateHz: number;
  /** The listening time that has passed before the first block, in other workers. */
  readonly startSeconds: number;
}

interface StopRequest {
  readonly kind: "stop";
}

/** What is reported before the answer to `classify`: the clip's own answer, then its picture. */
export type ClipReport =
  | { readonly kind: "answer"; readonly answer: ClipAnswer }
  | { readonly kind: "clip"; readonly clip: ClipPicture };

/** What is reported while listening, in its time. */
export type LiveReport =
  | { readonly kind: "frames"; readonly frames: LogMel }
  | { readonly kind: "score"; readonly score: Score; readonly isProvisional: boolean }
  | {
      readonly kind: "event";
      readonly label: string;
      readonly startSeconds: number;
      readonly endSeconds: number;
      readonly confidence: number;
    }
  | { readonly kind: "pace"; readonly pace: Pace };

/** How a machine keeps up with the microphone, over the last second. */
export interface Pace {
  readonly inferencesPerSecond: number;
  /** Fraction of the sound that was classified: below 1 the machine is too slow and sound is skipped. */
  readonly scoredFraction: number;
  /** Loudest sample, 0 to 1. */
  readonly peak: number;
}

export type WorkerRequest =
  PrepareRequest | OpenRequest | MeasureRequest | ClassifyRequest | ListenRequest | StopRequest;

/** Errors lose their class between threads; `code` is that of the runtime's errors. */
export interface Problem {
  readonly code: string;
  readonly message: string;
}

/** What each kind of request is answered with, and what is reported before that. */
interface Replies {
  readonly prepare: { readonly answer: undefined; readonly report: never };
  readonly open: { readonly answer: OpenedModel; readonly report: never };
  readonly measure: { readonly answer: Measured; readonly report: never };
  readonly classify: { readonly answer: Scores; readonly report: ClipReport };
  readonly listen: { readonly answer: undefined; readonly report: LiveReport };
  readonly stop: { readonly answer: undefined; readonly report: never };
}

export type RequestKind = keyof Replies;
export type Answer<Kind extends RequestKind> = Replies[Kind]["answer"];
export type Report<Kind extends RequestKind> = Replies[Kind]["report"];

export type Reply<Kind extends RequestKind> =
  | { readonly kind: "answer"; readonly answer: Answer<Kind> }
  | { readonly kind: "problem"; readonly problem: Problem }
  | { readonly kind: "report"; readonly report: Report<Kind> };

/** A request with the port on which its replies go back. */
export interface Envelope {
  readonly request: WorkerRequest;
  readonly replies: MessagePort;
}
