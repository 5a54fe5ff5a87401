import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { decodeAudio } from "../../../features/audio/decode.ts";
import { joinBlocks } from "../../../common/join-blocks.ts";
import { UserError } from "../../../common/user-error.ts";
import { openAudio, type OpenOptions } from "../../../features/audio/open-audio.ts";
import type { Waveform } from "../../../features/audio/waveform.ts";
import { collect } from "../../runtime/collect.ts";

interface AudioFile {
  readonly name: string;
  readonly sampleRateHz: number;
  readonly samples: number;
  /** Samples before the sound, where a file does not say that an encoder put them there. */
  readonly delay?: number;
}

/** Half a second and less of tones under noise, written by audio/make-audio.py with ffmpeg. */
export const audioFiles: readonly AudioFile[] = [
  { name: "mono.mp3", sampleRateHz: 16_000, samples: 8000 },
  { name: "stereo.mp3", sampleRateHz: 44_100, samples: 13_230 },
  { name: "mono.flac", sampleRateHz: 16_000, samples: 8000 },
  { name: "stereo.flac", sampleRateHz: 44_100, samples: 4410 },
  { name: "mono.ogg", sampleRateHz: 16_000, samples: 8000 },
  { name: "stereo.ogg", sampleRateHz: 44_100, samples: 8820 },
  { name: "mono.opus", sampleRateHz: 48_000, samples: 24_000 },
  { name: "stereo.opus", sampleRateHz: 48_000, samples: 9600 },
  { name: "stereo.rf64.wav", sampleRateHz: 44_100, samples: 882 },
  { name: "mono.w64", sampleRateHz: 16_000, samples: 800 },
  { name: "mono-ima.wav", sampleRateHz: 16_000, samples: 8164 }, // whole blocks
  { name: "stereo-ms.wav", sampleRateHz: 16_000, samples: 8096 },
  { name: "mono.aiff", sampleRateHz: 16_000, samples: 800 },
  { name: "stereo.aifc", sampleRateHz: 44_100, samples: 882 },
  { name: "mono.caf", sampleRateHz: 16_000, samples: 800 },
  { name: "mono.au", sampleRateHz: 8000, samples: 800 },
  { name: "mono-opus.webm", sampleRateHz: 48_000, samples: 24_000 },
  { name: "stereo-vorbis.webm", sampleRateHz: 44_100, samples: 8832 }, // its writer left the padding in
  { name: "mono-aac.m4a", sampleRateHz: 16_000, samples: 8000 },
  { name: "stereo-alac.m4a", sampleRateHz: 44_100, samples: 2205 },
  // Fragments, as of a browser's recorder, and bare frames do not say what the encoder put before the sound.
  { name: "mono-fragments.mp4", sampleRateHz: 16_000, samples: 9216, delay: 1024 },
  { name: "mono.aac", sampleRateHz: 16_000, samples: 9216, delay: 1024 },
  { name: "stereo-flac.mka", sampleRateHz: 44_100, samples: 2205 },
  { name: "mono-mp3.mka", sampleRateHz: 16_000, samples: 9105, delay: 1105 }, // of the codec, which no header states
];

export function readAudio(name: string): Uint8Array {
  return new Uint8Array(readFileSync(join(import.meta.dirname, "files", name)));
}

/**
 * What decoding says of bytes that it refuses, whole and in pieces: one verdict in the same words. What it gives is
 * that of one call, because a recording gives the sound before the damage first.
 */
export async function findProblem(bytes: Uint8Array, name = "x.wav", maxSeconds?: number): Promise<string> {
  const verdict = await decodeBothWays(bytes, name, maxSeconds === undefined ? {} : { maxSeconds });
  if (typeof verdict !== "string") throw new Error(`${name}: expected a refusal, got a sound`);
  return verdict;
}

/** A file's samples and rate, or the message of its refusal: whole and in pieces, which must agree to the bit. */
export async function decodeBothWays(
  bytes: Uint8Array,
  name: string,
  { maxSeconds = 600, ...options }: OpenOptions = {},
): Promise<Waveform | string> {
  const whole = await takeVerdict(() => decodeAudio(bytes, name, { ...options, maxSeconds }));
  const inPieces = await takeVerdict(async () => {
    const { sampleRateHz, blocks } = await openAudio(
      { name, pieces: cutPieces(bytes, 1000) },
      { ...options, maxSeconds },
    );
    return { samples: joinBlocks(await collect(blocks)), sampleRateHz };
  });
  expect(describeVerdict(inPieces)).toBe(describeVerdict(whole));
  expect(inPieces).toEqual(whole);
  return whole;
}

async function takeVerdict(decode: () => Promise<Waveform>): Promise<Waveform | string> {
  try {
    return await decode();
  } catch (error) {
    expect(error).toBeInstanceOf(UserError);
    return error instanceof Error ? error.message : "";
  }
}

function describeVerdict(verdict: Waveform | string): string {
  return typeof verdict === "string"
    ? verdict
    : `${verdict.samples.length} samples at ${verdict.sampleRateHz} Hz`;
}

/** A file as a network or a disk gives it. */
// eslint-disable-next-line @typescript-eslint/require-await -- as files give theirs
export async function* cutPieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let offset = 0; offset < bytes.length; offset += size) yield bytes.subarray(offset, offset + size);
}

/** A copy with a change. */
export function edit(bytes: Uint8Array, change: (view: DataView) => void): Uint8Array {
  const copy = bytes.slice();
  change(new DataView(copy.buffer));
  return copy;
}

export function joinBytes(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}
