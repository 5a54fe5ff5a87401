/** The messages between the page and the workers that teach: a model's embeddings, and new last layers for it. */
import type { ModelThresholds } from "../../features/model-metadata.ts";
import type { LinearHead } from "../../heads/linear-head.ts";
import type { LoadReport, SoundSource } from "./protocol.ts";

interface OpenBaseRequest {
  readonly model: Blob;
  readonly name: string;
  readonly pageUrl: string;
}

/** A piece of a sound, as long as clips are, with the little picture that stands for it. */
export interface CutClip {
  readonly wav: Blob;
  readonly seconds: number;
  /** Loudest sample of equal parts, 0 to 255. */
  readonly peaks: Uint8Array<ArrayBuffer>;
}

export interface CutAnswer {
  readonly clips: readonly CutClip[];
  /** Pieces that were left out because nothing is in them. */
  readonly silent: number;
}

/** Clips by their embeddings; class and recording of each stand at the same place. */
export interface TrainRequest {
  readonly labels: readonly string[];
  /** One clip behind the other. */
  readonly embeddings: Float32Array<ArrayBuffer>;
  /** Class of each clip, from 0. */
  readonly classes: readonly number[];
  /** Recording of each clip: those of one are left out together. */
  readonly groups: readonly string[];
}

/** What training gives. */
export interface TrainedLayer {
  readonly head: LinearHead;
  readonly trainMs: number;
  /** undefined where a class has a single recording. */
  readonly score: LeftOutScore | undefined;
  readonly thresholds: ModelThresholds | undefined;
}

export interface ExportRequest {
  readonly labels: readonly string[];
  readonly trained: TrainedLayer;
  /** Clips that the new file is tested with: their sounds, and their embeddings as it was trained on them. */
  readonly proofs: readonly { readonly wav: Blob; readonly embedding: Float32Array }[];
}

/** A clip that a head without its recording takes for another class. */
interface WorstClip {
  readonly place: number;
  readonly label: string;
  readonly probability: number;
}

export interface LeftOutScore {
  readonly hits: number;
  readonly clips: number;
  /** 95 % interval of the fraction. */
  readonly low: number;
  readonly high: number;
  readonly worst: readonly WorstClip[];
}

export interface TaughtModel {
  /** The whole file, with its verdict of parity. */
  readonly model: Blob;
  /** Largest difference of a logit between the head and the file, on the proofs. */
  readonly parity: number;
}

/** A sound of an archive, in the folder of its class. */
export interface ArchiveEntry {
  readonly className: string;
  readonly name: string;
  readonly sound: Blob;
}

export interface TeachExchanges {
  /** @returns the hash of the model's graph, by which embeddings are kept */
  readonly open: { request: OpenBaseRequest; answer: string; report: LoadReport };
  readonly cut: { request: { source: SoundSource; name: string }; answer: CutAnswer; report: never };
  /** Reports the number of clips that are done. */
  readonly embed: { request: readonly Blob[]; answer: readonly Float32Array[]; report: number };
  readonly pack: { request: readonly ArchiveEntry[]; answer: Blob; report: never };
  readonly unpack: { request: File; answer: readonly ArchiveEntry[]; report: never };
  readonly export: { request: ExportRequest; answer: TaughtModel; report: never };
}

/** Of the worker that trains. */
export interface TrainExchanges {
  readonly train: { request: TrainRequest; answer: TrainedLayer; report: never };
}
