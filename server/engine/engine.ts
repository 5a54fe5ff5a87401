import type { ModelMetadata } from "../../features/model-metadata.ts";
import type { LabelScore, SoundEvent } from "../../runtime/node.ts";

/** A model and its version. */
export interface ModelVersion {
  readonly model: string;
  /** First 12 digits of the SHA-256 of the file's bytes: which file answered, before and after a reload. */
  readonly version: string;
}

/** A model as the server offers it. */
export interface ServedModel extends ModelVersion {
  readonly metadata: ModelMetadata;
  /** Execution provider that answers. */
  readonly backend: string;
  /** Why the newest content of the file is not the one that answers. */
  readonly reloadProblem: string | undefined;
}

/** What a caller may ask of a sound. */
export interface SoundOptions {
  /** Probability from which a class is named, 0 to 1; the model's own unless given. */
  readonly threshold?: number | undefined;
  /** Time between two windows of a timeline. */
  readonly hopSeconds?: number | undefined;
}

/** A whole sound file to classify. */
export interface ClipWork {
  readonly bytes: Uint8Array;
  readonly options: SoundOptions & {
    readonly maxSeconds: number;
    readonly timeline: boolean;
    readonly events: boolean;
    readonly embedding: boolean;
  };
}

export interface TimelineRow {
  readonly startSeconds: number;
  readonly endSeconds: number;
  /** Null where the window is digital silence. */
  readonly label: string | null;
  readonly confidence: number;
  /** The classes that are named. */
  readonly named: readonly string[];
  /** Whether none is. */
  readonly rejected: boolean;
}

export interface ClipAnswer extends ModelVersion {
  /** The class that is named; null where none reaches its threshold, and in digital silence. */
  readonly best: string | null;
  /** All that are named, most probable first. */
  readonly named: readonly string[];
  /** All labels, most probable first. */
  readonly labels: readonly LabelScore[];
  readonly timeline?: readonly TimelineRow[];
  readonly events?: readonly SoundEvent[];
  /** What the model's last layer takes. */
  readonly embedding?: readonly number[];
}

/** How the bytes of a live stream stand for samples; channels are interleaved. */
export interface PcmFormat {
  readonly sampleRateHz: number;
  readonly encoding: "f32le" | "s16le";
  readonly channels: number;
}

/** A sound that arrives in parts: the bytes of a sound file, or samples. */
export interface ChannelWork {
  readonly source: "file" | PcmFormat;
  /** `timeline`, for samples only: every window's best label too, not only events. */
  readonly options: SoundOptions & { readonly timeline: boolean };
}

export type ChannelOutput =
  | { readonly kind: "event"; readonly event: SoundEvent }
  | { readonly kind: "window"; readonly window: TimelineRow };

/** A sound under way. Iterate it once; leaving the iteration ends the work. */
export interface SoundChannel extends AsyncIterable<ChannelOutput>, ModelVersion {
  /** Resolves when the next part may be given: awaiting it is the back-pressure. After the channel's end, at once. */
  push(bytes: Uint8Array): Promise<void>;
  /** No more parts follow. */
  end(): void;
}

/**
 * **The seam of the server**: where sounds are decoded and scored. Calls reject with a RequestError, or the signal's
 * reason.
 */
export interface Engine {
  models(): readonly ServedModel[];
  /** Whether a request would be answered now. */
  isReady(): boolean;
  /** @param model one of `models()`; the first unless given */
  classify(model: string | undefined, work: ClipWork, signal: AbortSignal): Promise<ClipAnswer>;
  openChannel(model: string | undefined, work: ChannelWork, signal: AbortSignal): Promise<SoundChannel>;
  /** Refuses new work, waits for the work under way. */
  dispose(): Promise<void>;
}
