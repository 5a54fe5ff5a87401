import type { SoundSource } from "../worker/protocol.ts";
import { PageProblem } from "./page-problem.ts";
import { describeError } from "../../common/describe-error.ts";

/** Frames that are copied at once: about a millisecond, so that the page answers in between. */
const blockFrames = 2 ** 18;

/**
 * Decodes what only the browser can: AAC and ALAC in MP4, as phones record. Workers have no such decoder. The context
 * has the file's own rate, so that the browser changes no rates: our resampler does, as in training. Decoders of AAC
 * are free to differ in the last bits, so an answer may differ a little from browser to browser and from Node.
 * @throws PageProblem `bad-audio`
 */
export async function decodeInBrowser(file: Blob, name: string, sampleRateHz: number): Promise<SoundSource> {
  const context = new OfflineAudioContext({ length: 1, sampleRate: sampleRateHz });
  let buffer: AudioBuffer;
  try {
    buffer = await context.decodeAudioData(await file.arrayBuffer());
  } catch (error) {
    const reason = describeError(error);
    throw new PageProblem("bad-audio", `${name}: expected sound that this browser decodes, got: ${reason}`);
  }
  const blocks: Float32Array[][] = [];
  for (let start = 0; start < buffer.length; start += blockFrames) {
    const frames = Math.min(blockFrames, buffer.length - start);
    blocks.push(
      Array.from({ length: buffer.numberOfChannels }, (_, channel) => {
        const block = new Float32Array(frames);
        buffer.copyFromChannel(block, channel, start);
        return block;
      }),
    );
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  return { kind: "decoded", blocks, sampleRateHz };
}
