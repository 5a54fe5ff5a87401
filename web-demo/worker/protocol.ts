/** What the page and its worker say to each other. One worker holds one model on one backend. */
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

/** How fast one window is heard, again and again, and how far the answers are from the reference. */
interface MeasureRequest {
  readonly kind: "measure";
  readonly reference: readonly ReferenceCase[];
}

export interface Measured {
  readonly medianMs: number;
  /** Sound per time of computing: 100 means that a second of sound takes 10 ms. */
  readonly realTimeFactor: number;
  /** Largest difference of any logit from the reference; undefined when the model came without one. */
  readonly parity: number | undefined;
}

export interface HearRequest {
  readonly kind: "hear";
  readonly audio: Blob;
  readonly name: string;
}

/** Probabilities over a stretch of sound, in the order of the model's labels. */
export interface Score {
  readonly startSeconds: number;
  readonly endSeconds: number;
  readonly probabilities: Float32Array;
}

/** What a clip is, known before its picture. */
export interface HeardAnswer {
  readonly answer: Classification;
  readonly clipSeconds: number;
  readonly inferenceMs: number;
}

export interface HeardClip {
  /** The sound at the model's rate. */
  readonly samples: Float32Array;
  readonly sampleRateHz: number;
  /** At most as many frames as a wide screen shows: of longer sounds the loudest of several each. */
  readonly logMel: LogMel;
  readonly framesPerSecond: number;
  readonly answer: Classification;
}

/** The answer to `hear`, once the clip's own answer and then its picture were reported. */
export type Scores = readonly Score[];

export interface ListenRequest {
  readonly kind: "listen";
  /** Brings mono blocks, `Float32Array`, from the microphone. */
  readonly blocks: MessagePort;
  readonly sampleRateHz: number;
  /** The listening time that has passed before the first block, in other workers. */
  readonly startSeconds: number;
}

interface StopRequest {
  readonly kind: "stop";
}

/** What comes before the answer to `hear`: the clip's own answer, then its picture. */
export type ClipReport =
  | { readonly kind: "heard"; readonly heard: HeardAnswer }
  | { readonly kind: "clip"; readonly clip: HeardClip };

/** What is heard while listening, in its time. */
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
  /** Share of the sound that was heard: below 1 the machine is too slow and sound is left out. */
  readonly heardShare: number;
  /** Loudest sample, 0 to 1. */
  readonly peak: number;
}

export type EarsRequest =
  PrepareRequest | OpenRequest | MeasureRequest | HearRequest | ListenRequest | StopRequest;

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
  readonly hear: { readonly answer: Scores; readonly report: ClipReport };
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
  readonly request: EarsRequest;
  readonly replies: MessagePort;
}
