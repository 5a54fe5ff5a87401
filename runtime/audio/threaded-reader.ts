import { type AudioInMemory, isAudioInMemory } from "./audio-input.ts";
import { DecodeThreads, ThreadError } from "./decode-threads.ts";
import { type NamedBytes, type StopSignal, throwIfAborted } from "../platform.ts";
import { isBytesInMemory, nameBytes } from "./read-bytes.ts";
import { findPath, type NodeSource } from "../platform/read-node-source.ts";
import type { SoundReader } from "./sound-reader.ts";

/** Blocks that a thread decodes ahead of the model, each a second or two. */
const blocksAhead = 4;

/**
 * Decodes in threads what is worth it, recordings and clips that come several at once, while this thread computes:
 * ONNX Runtime's Node binding blocks it. What is not a file, and all where threads cannot start, is decoded `here`.
 */
export function createThreadedReader(
  here: SoundReader<NodeSource>,
  maxThreads: number,
): SoundReader<NodeSource> {
  const threads = new DecodeThreads(maxThreads);
  let canStart = maxThreads > 0;

  /** @returns undefined when the thread failed, which is then not asked again */
  const attempt = async <Answer>(ask: () => Promise<Answer>): Promise<{ answer: Answer } | undefined> => {
    try {
      return { answer: await ask() };
    } catch (error) {
      if (!(error instanceof ThreadError)) throw error;
      canStart = false;
      return undefined;
    }
  };

  return {
    async readClip(audio, sampleRateHz, options, isBusy) {
      const source = isBusy && canStart ? findFile(audio) : undefined;
      if (source === undefined) return here.readClip(audio, sampleRateHz, options, isBusy);
      const { maxSeconds, signal, onNote } = options;
      const decoded = await attempt(() =>
        untilAborted(threads.decodeClip({ kind: "clip", source, sampleRateHz, maxSeconds }, onNote), signal),
      );
      return decoded?.answer ?? here.readClip(audio, sampleRateHz, options, isBusy);
    },

    async openRecording(audio, sampleRateHz, options) {
      const path = canStart ? findFile(audio) : undefined;
      if (typeof path !== "string") return here.openRecording(audio, sampleRateHz, options);
      const { signal, onNote } = options;
      const recording = threads.openRecording(path, sampleRateHz, onNote);
      const first = await attempt(() => untilAborted(recording.next(), signal)).catch((error: unknown) => {
        recording.close().catch(ignore); // a thread that has ended has closed it
        throw error;
      });
      if (first === undefined) return here.openRecording(audio, sampleRateHz, options);
      return { sampleRateHz, blocks: takeAhead(first.answer, recording, signal) };
    },

    dispose: () => threads.dispose(),
  };
}

interface Recording {
  next(): Promise<Float32Array | undefined>;
  close(): Promise<unknown>;
}

/** Asks for blocks before they are needed. A thread may take a second for one: an abort does not wait for it. */
async function* takeAhead(
  first: Float32Array | undefined,
  recording: Recording,
  signal: StopSignal | undefined,
): AsyncGenerator<Float32Array, void, undefined> {
  const ahead: Promise<Float32Array | undefined>[] = [Promise.resolve(first)];
  try {
    for (;;) {
      while (ahead.length < blocksAhead) {
        const block = recording.next();
        block.catch(ignore); // it is reported when its turn comes
        ahead.push(block);
      }
      const next = ahead.shift();
      const block = next && (await untilAborted(next, signal));
      if (block === undefined) return;
      yield block;
    }
  } finally {
    recording.close().catch(ignore); // a thread that has ended has closed it
  }
}

/** What a thread can read: a file's path or its bytes; undefined for samples and for what is fetched. */
function findFile(audio: AudioInMemory | NodeSource): string | NamedBytes | undefined {
  if (isBytesInMemory(audio)) return nameBytes(audio, "audio");
  return isAudioInMemory(audio) ? undefined : findPath(audio);
}

/** Rejects with the signal's reason as soon as it is aborted; what the thread still does is dropped. */
async function untilAborted<Answer>(work: Promise<Answer>, signal: StopSignal | undefined): Promise<Answer> {
  throwIfAborted(signal);
  if (signal === undefined) return work;
  let stop = ignore;
  const aborted = new Promise<never>((_, reject) => {
    stop = () => {
      // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- the caller's reason, as it is
      reject(signal.reason);
    };
    signal.addEventListener("abort", stop);
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

function ignore(): void {
  // Deliberately empty.
}
