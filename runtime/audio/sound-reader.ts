import { givePiece } from "../../features/audio/containers/byte-reader.ts";
import { openAudio } from "../../features/audio/open-audio.ts";
import { resample } from "../../features/resample/resample.ts";
import {
  type AudioInMemory,
  type AudioOptions,
  isAudioInMemory,
  readAudio,
  throwAudioErrors,
} from "./audio-input.ts";
import type { ByteStream, Platform } from "../platform.ts";
import { isBytesInMemory, nameBytes } from "./read-bytes.ts";

/** A sound whose mono samples come block by block. */
interface BlockStream {
  readonly sampleRateHz: number;
  readonly blocks: AsyncIterable<Float32Array>;
}

/** Where audio becomes samples at the model's rate. */
export interface SoundReader<Source> {
  /**
   * A whole clip. @param isBusy whether other clips are being classified, so that it may pay to decode elsewhere
   * @throws AudioError, SourceError
   */
  readClip(
    audio: AudioInMemory | Source,
    sampleRateHz: number,
    options: AudioOptions,
    isBusy: boolean,
  ): Promise<Float32Array>;
  /** A recording of any length as blocks, at the rate asked for or its own; files are read piece by piece. */
  openRecording(
    audio: AudioInMemory | Source,
    sampleRateHz: number,
    options: AudioOptions,
  ): Promise<BlockStream>;
  /** Recordings that are still being read reject with a DisposedError. */
  dispose(): Promise<void>;
}

/** A platform that may decode elsewhere. */
export interface ReadingPlatform<Source> extends Platform<Source> {
  /** @param here decodes where it is called; taken itself unless this is given */
  readonly createReader?: (here: SoundReader<Source>) => SoundReader<Source>;
}

const blockSamples = 2 ** 16;

/** Decodes where it is called. */
export function createSoundReader<Source extends object | string>(
  platform: Pick<Platform<Source>, "read" | "open">,
): SoundReader<Source> {
  return {
    async readClip(audio, sampleRateHz, options) {
      const waveform = await readAudio(audio, platform, options);
      return (await resample(waveform, sampleRateHz, options.signal)).samples;
    },
    async openRecording(audio, _, options) {
      const { signal } = options;
      if (!isAudioInMemory(audio)) return decodePieces(await platform.open(audio, signal), options);
      if (isBytesInMemory(audio)) {
        const { name, bytes } = nameBytes(audio, "audio");
        return decodePieces({ name, pieces: givePiece(bytes) }, options);
      }
      const { samples, sampleRateHz } = await readAudio(audio, platform, options);
      return { sampleRateHz, blocks: cutBlocks(samples) };
    },
    dispose: () => Promise.resolve(),
  };
}

/** What is damaged further on throws an AudioError only there, after the sound before it was given. */
async function decodePieces(
  file: ByteStream,
  { signal, onNote }: Pick<AudioOptions, "signal" | "onNote">,
): Promise<BlockStream> {
  const options = { ...(signal && { signal }), ...(onNote && { onNote }) }; // of any length
  const { sampleRateHz, blocks } = await throwAudioErrors(() => openAudio(file, options));
  return { sampleRateHz, blocks: takeBlocks(blocks) };
}

async function* takeBlocks(
  blocks: AsyncGenerator<Float32Array, void, undefined>,
): AsyncGenerator<Float32Array, void, undefined> {
  try {
    for (;;) {
      const next = await throwAudioErrors(() => blocks.next());
      if (next.done === true) return;
      yield next.value;
    }
  } finally {
    await blocks.return();
  }
}

// eslint-disable-next-line @typescript-eslint/require-await -- files give their blocks asynchronously
async function* cutBlocks(samples: Float32Array): AsyncGenerator<Float32Array, void, undefined> {
  for (let start = 0; start < samples.length; start += blockSamples)
    yield samples.subarray(start, start + blockSamples);
}
