import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { decodeAudio } from "../../../features/audio/decode.ts";
import { UserError } from "../../../common/user-error.ts";

/** Half a second and less of tones under noise, written by audio/make-audio.py with ffmpeg. */
export const audioFiles = [
  { name: "mono.mp3", sampleRateHz: 16_000, samples: 8000 },
  { name: "stereo.mp3", sampleRateHz: 44_100, samples: 13_230 },
  { name: "mono.flac", sampleRateHz: 16_000, samples: 8000 },
  { name: "stereo.flac", sampleRateHz: 44_100, samples: 4410 },
  { name: "mono.ogg", sampleRateHz: 16_000, samples: 8000 },
  { name: "stereo.ogg", sampleRateHz: 44_100, samples: 8820 },
  { name: "mono.opus", sampleRateHz: 48_000, samples: 24_000 },
  { name: "stereo.opus", sampleRateHz: 48_000, samples: 9600 },
];

export function readAudio(name: string): Uint8Array {
  return new Uint8Array(readFileSync(join(import.meta.dirname, "files", name)));
}

/** What decoding says of bytes that it refuses. */
export async function findProblem(bytes: Uint8Array, name = "x.wav", maxSeconds?: number): Promise<string> {
  const options = maxSeconds === undefined ? {} : { maxSeconds };
  const error: unknown = await decodeAudio(bytes, name, options).catch((problem: unknown) => problem);
  expect(error).toBeInstanceOf(UserError);
  return error instanceof Error ? error.message : "";
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
