import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { joinBlocks } from "../../common/join-blocks.ts";
import type { Random } from "../../common/random.ts";
import { UserError } from "../../common/user-error.ts";
import { computePageCrc } from "../../features/audio/containers/ogg/ogg-pages.ts";
import { holdsText } from "../../features/audio/containers/audio-track.ts";
import { decodeAudio } from "../../features/audio/decode.ts";
import { isRate } from "../../features/audio/decode-track.ts";
import { openAudio } from "../../features/audio/open-audio.ts";
import type { Waveform } from "../../features/audio/waveform.ts";
import { cutPieces } from "../features/audio/audio-files.ts";
import { writeWav } from "../features/audio/write-wav.ts";
import { makeNoise } from "../features/signals.ts";
import { collect } from "../runtime/collect.ts";
import { decodeWithFfmpeg, hasFfmpeg } from "./decode-with-ffmpeg.ts";
import { checkRefusal, fault, type FuzzOutcome, type FuzzTarget } from "./fuzz-target.ts";
import { mutateBytes } from "./mutate-bytes.ts";

export interface AudioBytes {
  readonly name: string;
  readonly bytes: Uint8Array;
}

const maxSeconds = 60;
const filesFolder = path.join(import.meta.dirname, "../features/audio/files");
/** FFmpeg takes longer to start than a file to decode: of so many files that are accepted, one is compared. */
const oracleEvery = 40;

/**
 * Damaged sound files: each is refused with a UserError, or gives finite samples at a plausible rate, no longer than
 * the limit; whole and in pieces it is the same, to the bit; FFmpeg, where installed, has the rate and the length.
 */
export const decodeTarget: FuzzTarget<AudioBytes> = {
  maxMs: 60_000,
  maxMegabytes: 2000,
  loadSeeds: () => Promise.resolve(loadAudioSeeds()),
  mutate({ name, bytes }, random) {
    const mutated = mutateBytes(bytes, random);
    if (holdsText(mutated, 0, "OggS") && random.integer(2) === 0) repairPages(mutated); // or no change would get past the checksums
    return { name, bytes: mutated };
  },
  async run({ name, bytes }, random) {
    const whole = await takeVerdict(() => decodeAudio(bytes, name, { maxSeconds }));
    const pieceBytes = 1 + random.integer(2 ** (4 + random.integer(14)));
    const inPieces = await takeVerdict(async () => {
      const file = { name, pieces: cutPieces(bytes, pieceBytes) };
      const { sampleRateHz, blocks } = await openAudio(file, { maxSeconds });
      return { samples: joinBlocks(await collect(blocks)), sampleRateHz };
    });
    if (typeof whole === "string" && whole === inPieces) return checkRefusal(whole, name);
    if (typeof whole === "string" || typeof inPieces === "string") {
      return fault(`whole ${describe(whole)}, in pieces ${describe(inPieces)}`);
    }
    return checkSound(whole) ?? compareSounds(whole, inPieces) ?? (await askOracle(bytes, whole, random));
  },
  writeFiles: ({ name, bytes }) => [{ path: name, bytes }],
};

/** A file of each format and encoding. */
export function loadAudioSeeds(): AudioBytes[] {
  const encodings = ["pcm8", "pcm16", "pcm24", "pcm32", "float32", "float64"] as const;
  return [
    ...encodings.map((encoding, index) => ({
      name: `${encoding}.wav`,
      bytes: writeWav(makeNoise(2000, index), { encoding, channels: 1 + (index % 2) }),
    })),
    ...readdirSync(filesFolder)
      .filter((name) => !name.endsWith(".py"))
      .sort()
      .map((name) => ({ name, bytes: new Uint8Array(readFileSync(path.join(filesFolder, name))) })),
  ];
}

async function takeVerdict(decode: () => Promise<Waveform>): Promise<Waveform | string> {
  try {
    return await decode();
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
}

function describe(verdict: Waveform | string): string {
  if (typeof verdict === "string") return `"${verdict}"`;
  return `${verdict.samples.length} samples at ${verdict.sampleRateHz} Hz`;
}

function checkSound({ samples, sampleRateHz }: Waveform): FuzzOutcome | undefined {
  if (!isRate(sampleRateHz)) return fault(`a rate of ${sampleRateHz} Hz`);
  if (samples.length === 0 || samples.length > maxSeconds * sampleRateHz) {
    return fault(`${samples.length} samples at ${sampleRateHz} Hz`);
  }
  return samples.every((sample) => Math.abs(sample) <= 1000) ? undefined : fault("samples that are no sound");
}

function compareSounds(whole: Waveform, inPieces: Waveform): FuzzOutcome | undefined {
  if (describe(whole) !== describe(inPieces)) {
    return fault(`whole ${describe(whole)}, in pieces ${describe(inPieces)}`);
  }
  const isSame = whole.samples.every((sample, index) => sample === inPieces.samples[index]);
  return isSame ? undefined : fault("other samples in pieces than whole");
}

async function askOracle(bytes: Uint8Array, ours: Waveform, random: Random): Promise<FuzzOutcome> {
  if (!hasFfmpeg || random.integer(oracleEvery) > 0) return { kind: "accepted" };
  const theirs = await decodeWithFfmpeg(bytes, ours.sampleRateHz);
  if (theirs === undefined) return { kind: "accepted" }; // FFmpeg is stricter with some headers
  // Encoders' padding, which FFmpeg leaves in when a header that names it is damaged.
  const tolerance = 0.02 * theirs.length + 4 * 1152;
  return Math.abs(theirs.length - ours.samples.length) <= tolerance
    ? { kind: "accepted" }
    : fault(`${describe(ours)}, but FFmpeg gives ${theirs.length}`);
}

/** Gives every whole page the checksum of what it now holds. */
function repairPages(bytes: Uint8Array): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let start = 0; start + 27 <= bytes.length;) {
    const body = start + 27 + view.getUint8(start + 26);
    const end = bytes.subarray(start + 27, body).reduce((total, size) => total + size, body);
    if (end > bytes.length) return;
    view.setUint32(start + 22, computePageCrc(bytes, start, end), true);
    start = end;
  }
}
