import { createRandom } from "../../../common/random.ts";
import { encodeWav } from "../../../features/audio/encode-wav.ts";

/** A whole sound file that several decoders read. */
export interface ParityFile {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly sampleRateHz: number;
}

interface FileSettings {
  readonly seconds: number;
  readonly sampleRateHz: number;
  readonly channels?: number;
  /** Seconds of digital silence at either end, on top of `seconds`. */
  readonly silence?: readonly [before: number, after: number];
}

/**
 * Files of 0.1 to 12 s, mono and stereo, at 8 to 48 kHz, some with silent ends: WAV of float32, which every decoder
 * reads to the same samples, so that what differs is preparation, or resampling where the rate is another. (Chromium
 * reads 16-bit WAV to other samples than soundfile and we do: it divides positive numbers by 32,767, not 32,768.)
 */
export function makeParityFiles(modelRateHz: number): ParityFile[] {
  const own = { sampleRateHz: modelRateHz };
  const settings: FileSettings[] = [
    ...[0.1, 0.4, 1, 2.5, 5, 5.4, 12].map((seconds) => ({ ...own, seconds })),
    { ...own, seconds: 5, channels: 2 },
    { ...own, seconds: 2, silence: [3, 0] },
    { ...own, seconds: 2, silence: [0, 3] },
    { ...own, seconds: 2, channels: 2, silence: [1.5, 1.5] },
    ...[8000, 16_000, 22_050, 32_000, 48_000].map((sampleRateHz) => ({
      sampleRateHz,
      seconds: 4,
      channels: 2,
    })),
    { sampleRateHz: 8000, seconds: 0.1 },
    { sampleRateHz: 48_000, seconds: 12, channels: 2, silence: [1, 1] },
  ];
  return settings.map((one, index) => ({
    name: nameFile(one),
    bytes: encodeWav(
      { samples: makeSound(one, index), sampleRateHz: one.sampleRateHz },
      { encoding: "float32", channels: one.channels ?? 1 },
    ),
    sampleRateHz: one.sampleRateHz,
  }));
}

function nameFile({ seconds, sampleRateHz, channels = 1, silence = [0, 0] }: FileSettings): string {
  const ends = silence.some((one) => one > 0) ? ` between ${silence.join(" and ")} s of silence` : "";
  return `${seconds} s, ${sampleRateHz / 1000} kHz, ${channels === 1 ? "mono" : "stereo"}${ends}`;
}

/** Interleaved: a chirp that comes and goes, over noise, another phase in each channel. */
function makeSound(
  { seconds, sampleRateHz, channels = 1, silence: [before, after] = [0, 0] }: FileSettings,
  seed: number,
): Float32Array {
  const random = createRandom(seed, "parity files");
  const frames = Math.round((before + seconds + after) * sampleRateHz);
  return Float32Array.from({ length: frames * channels }, (_, index) => {
    const time = Math.floor(index / channels) / sampleRateHz - before;
    if (time < 0 || time >= seconds) return 0;
    const chirp = Math.sin(2 * Math.PI * (300 + 250 * time) * time + (index % channels) + seed);
    return 0.4 * chirp * Math.sin(3 * time + seed) ** 2 + 0.1 * (random.next() - 0.5);
  });
}
