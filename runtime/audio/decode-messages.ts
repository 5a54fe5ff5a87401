import type { NamedBytes } from "../platform.ts";

/** What a thread is asked. `id` names the question, `recording` a recording that is read block by block. */
export type DecodeQuestion =
  | {
      readonly kind: "clip";
      /** A path, or a file's content. */
      readonly source: string | NamedBytes;
      readonly sampleRateHz: number;
      readonly maxSeconds: number | undefined;
    }
  /** The next block of a recording, which begins with the first such question. */
  | {
      readonly kind: "block";
      readonly recording: number;
      readonly path: string;
      readonly sampleRateHz: number;
    }
  /** No more blocks are wanted. */
  | { readonly kind: "close"; readonly recording: number };

/**
 * Samples, none at a recording's end; an error's class does not survive the way between threads. With the notes of what
 * was skipped meanwhile.
 */
export type DecodeReply = { readonly notes: readonly string[] } & (
  | { readonly samples: Float32Array<ArrayBuffer> | undefined }
  | { readonly refusal: { readonly name: string; readonly message: string } }
);

export type Numbered<Message> = Message & { readonly id: number };
