import { type AudioInMemory, type AudioOptions, isAudioInMemory, readWaveform } from "./audio-input.ts";
import { type BlockStream, decodePieces } from "./decode-pieces.ts";
import type { Platform } from "./platform.ts";

const blockSamples = 2 ** 16;

/** Any audio as blocks: files piece by piece, so that hours need no memory. @throws as `readWaveform` */
export async function openBlocks<Source extends object | string>(
  audio: AudioInMemory | Source,
  platform: Pick<Platform<Source>, "open" | "read">,
  options: AudioOptions,
): Promise<BlockStream> {
  if (!isAudioInMemory(audio)) return decodePieces(await platform.open(audio, options.signal));
  const { samples, sampleRateHz } = await readWaveform(audio, platform, options);
  return { sampleRateHz, blocks: cutBlocks(samples) };
}

// eslint-disable-next-line @typescript-eslint/require-await -- files give their blocks asynchronously
async function* cutBlocks(samples: Float32Array): AsyncGenerator<Float32Array, void, undefined> {
  for (let start = 0; start < samples.length; start += blockSamples)
    yield samples.subarray(start, start + blockSamples);
}
