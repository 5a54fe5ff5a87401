// What each decoding thread runs: files to samples at the model's rate. It knows no ONNX Runtime.
import { parentPort } from "node:worker_threads";
import type { DecodeQuestion, DecodeReply, Numbered } from "./decode-messages.ts";
import { openNodeSource, readNodeSource } from "../platform/read-node-source.ts";
import { resampleBlocks } from "./resample-blocks.ts";
import { createSoundReader } from "./sound-reader.ts";
import { joinBlocks } from "../../common/join-blocks.ts";

type BlockIterator = AsyncGenerator<Float32Array<ArrayBuffer>, void, undefined>;

/** A message a block costs as much as decoding a few thousand samples. */
const minSamples = 2 ** 16;

const reader = createSoundReader({ read: readNodeSource, open: openNodeSource });
interface Recording {
  readonly blocks: BlockIterator;
  /** What was skipped since the last block. */
  readonly notes: string[];
}

const recordings = new Map<number, Recording>();

parentPort?.on("message", (question: Numbered<DecodeQuestion>) => {
  void answer(question).then((reply) => {
    // The reader may have kept no copy: samples are sent, not copied.
    const transfer = "samples" in reply && reply.samples !== undefined ? [reply.samples.buffer] : [];
    parentPort?.postMessage({ ...reply, id: question.id }, transfer);
  });
});

async function answer(question: DecodeQuestion): Promise<DecodeReply> {
  const notes: string[] = [];
  try {
    const samples = await decode(question, notes);
    return { samples, notes };
  } catch (error) {
    const { name, message } = error instanceof Error ? error : new Error(String(error));
    return { refusal: { name, message }, notes };
  }
}

async function decode(
  question: DecodeQuestion,
  notes: string[],
): Promise<Float32Array<ArrayBuffer> | undefined> {
  const onNote = (note: string): void => {
    notes.push(note);
  };
  switch (question.kind) {
    case "clip": {
      const { source, sampleRateHz, maxSeconds } = question;
      const options = { onNote, ...(maxSeconds !== undefined && { maxSeconds }) };
      return own(await reader.readClip(source, sampleRateHz, options, false));
    }
    case "block": {
      const { recording, path, sampleRateHz } = question;
      const opened = recordings.get(recording) ?? openRecording(path, sampleRateHz);
      recordings.set(recording, opened);
      const next = await opened.blocks.next();
      for (const note of opened.notes.splice(0)) onNote(note);
      return next.done === true ? undefined : next.value;
    }
    case "close":
      await recordings.get(question.recording)?.blocks.return();
      recordings.delete(question.recording);
      return undefined;
  }
}

function openRecording(path: string, toHz: number): Recording {
  const notes: string[] = [];
  const blocks = readBlocks(path, toHz, (note) => {
    notes.push(note);
  });
  return { blocks, notes };
}

async function* readBlocks(path: string, toHz: number, onNote: (note: string) => void): BlockIterator {
  const { sampleRateHz, blocks } = await reader.openRecording(path, toHz, { onNote });
  let waiting: Float32Array[] = [];
  let count = 0;
  for await (const block of resampleBlocks(blocks, sampleRateHz, toHz)) {
    waiting.push(block.slice()); // a decoder may use its buffer again
    count += block.length;
    if (count < minSamples) continue;
    yield joinBlocks(waiting);
    waiting = [];
    count = 0;
  }
  if (count > 0) yield joinBlocks(waiting);
}

/** The samples in a buffer of their own, which can be given away. */
function own(samples: Float32Array): Float32Array<ArrayBuffer> {
  return samples.buffer instanceof ArrayBuffer && samples.byteLength === samples.buffer.byteLength
    ? new Float32Array(samples.buffer)
    : Float32Array.from(samples);
}
