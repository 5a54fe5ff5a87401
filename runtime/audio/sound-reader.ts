import { resample } from "../../features/resample/resample.ts";
import { type AudioInMemory, type AudioOptions, isAudioInMemory, readWaveform } from "./audio-input.ts";
import { type BlockStream, decodePieces } from "./decode-pieces.ts";
import { type Platform, throwIfAborted } from "../platform.ts";
import { isBytesInMemory, nameBytes } from "./read-bytes.ts";

/** Where audio becomes samples at the model's rate. */
export interface SoundReader<Source> {
  /**
   * A whole clip. @param isBusy whether other clips are being heard, so that it may pay to decode elsewhere
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
      const waveform = await readWaveform(audio, platform, options);
      throwIfAborted(options.signal);
      return (await resample(waveform, sampleRateHz)).samples;
    },
    async openRecording(audio, _, options) {
      if (!isAudioInMemory(audio)) return decodePieces(await platform.open(audio, options.signal));
      if (isBytesInMemory(audio)) {
        const { name, bytes } = nameBytes(audio, "audio");
        return decodePieces({ name, pieces: givePiece(bytes) });
      }
      const { samples, sampleRateHz } = await readWaveform(audio, platform, options);
      return { sampleRateHz, blocks: cutBlocks(samples) };
    },
    dispose: () => Promise.resolve(),
  };
}

// eslint-disable-next-line @typescript-eslint/require-await -- files give their pieces asynchronously
async function* givePiece(bytes: Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
  yield bytes;
}

// eslint-disable-next-line @typescript-eslint/require-await -- files give their blocks asynchronously
async function* cutBlocks(samples: Float32Array): AsyncGenerator<Float32Array, void, undefined> {
  for (let start = 0; start < samples.length; start += blockSamples)
    yield samples.subarray(start, start + blockSamples);
}
