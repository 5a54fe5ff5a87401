import type { AudioContainer } from "./containers/audio-container.ts";
import { loadDecoder } from "./load-decoder.ts";
import { UserError } from "../../common/user-error.ts";

/** Bytes a decoder gets at a time; 4 KiB of FLAC or Opus can stand for minutes, so that a bomb is met in time. */
const blockBytes = {
  wav: 2 ** 20,
  mp3: 2 ** 14,
  flac: 2 ** 12,
  vorbis: 2 ** 14,
  opus: 2 ** 12,
  "ogg-flac": 2 ** 12,
};

/**
 * Runs the codec's decoder over a container, stream by stream and block by block.
 * @yields the channels of the next samples, maybe none @throws UserError when the rate is not the container's
 */
export async function* decodeBlocks(container: AudioContainer, name: string): AsyncGenerator<Float32Array[]> {
  const { payload, furtherStreams = [] } = container;
  const starts = [0, ...furtherStreams];
  for (const [index, start] of starts.entries())
    yield* decodeStream(payload.subarray(start, starts[index + 1]), container, name);
}

async function* decodeStream(
  stream: Uint8Array,
  container: AudioContainer,
  name: string,
): AsyncGenerator<Float32Array[]> {
  const { codec } = container;
  const decoder = await loadDecoder(codec);
  try {
    for (let offset = 0; offset < stream.length; offset += blockBytes[codec]) {
      const block = stream.subarray(offset, offset + blockBytes[codec]);
      yield takeChannels(decoder.decode(block), container, name);
    }
    yield takeChannels(decoder.flush(), container, name);
  } finally {
    decoder.free();
  }
}

function takeChannels(
  { channelData, sampleRate }: { channelData: Float32Array[]; sampleRate: number },
  { sampleRateHz }: AudioContainer,
  name: string,
): Float32Array[] {
  if (channelData.length > 0 && sampleRate !== sampleRateHz) {
    throw new UserError(`${name}: expected ${sampleRateHz} Hz throughout, got ${sampleRate} Hz`);
  }
  return channelData;
}
