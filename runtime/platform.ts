import type { StopSignal } from "../common/stop-signal.ts";
import type { OrtRuntime } from "../features/ort-runtime.ts";

export { type StopSignal, throwIfAborted } from "../common/stop-signal.ts";

/** Bytes with the name that messages call them by. */
export interface NamedBytes {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** A file's content in its order, in pieces of any size. */
export interface ByteStream {
  readonly name: string;
  readonly pieces: AsyncIterable<Uint8Array>;
}

/** All that the runtime owes to where it runs. @typeParam Source whatever the platform can read bytes from */
export interface Platform<Source> {
  /** Execution providers tried when the user names none. */
  readonly defaultProviders: readonly string[];
  /** ONNX Runtime with this execution provider in it; rejects with the reason when there is none. */
  loadOrt(provider: string): Promise<OrtRuntime>;
  /** @throws SourceError when there is nothing to read */
  read(source: Source, signal?: StopSignal): Promise<NamedBytes>;
  /** The same, piece by piece, for recordings of hours. @throws SourceError */
  open(source: Source, signal?: StopSignal): Promise<ByteStream>;
  /** Starts a run of a session: at once, or after the others where sessions cannot run at the same time. */
  enqueue<Answer>(run: () => Promise<Answer>): Promise<Answer>;
}
