import { loadOnce } from "../../common/load-once.ts";
import { UserError } from "../../common/user-error.ts";
import { createDecoderError } from "./codecs/decoder-error.ts";
import type { DecodedAudio, SoundDecoder } from "./codecs/sound-decoder.ts";
import type { AudioPackets, AudioTrack } from "./containers/audio-track.ts";
import { mixToMono } from "./mix-to-mono.ts";
import type { Waveform } from "./waveform.ts";

/** 1 kHz is below any recorder, 768 kHz the fastest one that is sold. */
export const rateLimitsHz = { min: 1000, max: 768_000 };
const maxChannels = 256;

const loadCodecs = loadOnce(() => import("./codecs/load-decoder.ts"));
const loadMd5 = loadOnce(() => import("./sample-md5.ts"));

/**
 * Decodes a track a few packets at a time, without what its encoder put before and after the sound, mixed to mono.
 * @yields the next samples, maybe none
 * @throws UserError when what the headers promise (rate, length, MD5) is not what comes out
 */
export async function* decodeTrack(
  track: AudioTrack,
  name: string,
): AsyncGenerator<Waveform, void, undefined> {
  const { loadDecoder } = await loadCodecs();
  const decoder = await loadDecoder(track, name);
  const md5 = track.md5 && (await loadMd5()).createSampleMd5(track.md5);
  const trim = createTrimmer(track);
  let samples = 0;
  const take = (decoded: DecodedAudio, packets?: AudioPackets): Waveform => {
    checkRate(decoded, track, name);
    const channels = trim(decoded, packets);
    md5?.update(channels);
    const mono = mixToMono(channels);
    samples += mono.length;
    return { samples: mono, sampleRateHz: track.sampleRateHz };
  };
  try {
    for await (const group of groupPackets(track.packets, decoder.maxPackets)) {
      yield take(await runDecoder(() => decoder.decode(group.packets), track, name), group);
      checkMinimum(samples, group, name);
    }
    yield take(await runDecoder(() => decoder.flush(), track, name));
  } finally {
    decoder.free();
  }
  if (track.samples !== undefined && track.samples !== samples) {
    throw new UserError(
      `${name}: expected ${track.samples} samples, got ${samples}: the file is cut off or damaged`,
    );
  }
  md5?.check(name);
}

/** Packets as the decoder takes them: up to `maxPackets`, and none behind those whose end the container counts. */
async function* groupPackets(
  groups: AsyncIterable<AudioPackets>,
  maxPackets: number,
): AsyncGenerator<AudioPackets, void, undefined> {
  let held: Uint8Array[] = [];
  let last: AudioPackets = { packets: held };
  for await (const group of groups) {
    held.push(...group.packets);
    last = group;
    while (held.length > maxPackets) yield { packets: held.splice(0, maxPackets) };
    const isCounted = group.endCount !== undefined || group.lastCount !== undefined;
    if (!isCounted && held.length < maxPackets) continue;
    yield { ...group, packets: held };
    held = [];
  }
  if (held.length > 0) yield { ...last, packets: held };
}

/** @throws UserError for a rate or a number of channels that no recorder has */
export function checkHeader({ sampleRateHz, channels }: AudioTrack, name: string): void {
  if (!isRate(sampleRateHz)) {
    const { min, max } = rateLimitsHz;
    throw new UserError(`${name}: expected a rate of ${min} to ${max} Hz, got ${sampleRateHz} Hz`);
  }
  if (channels < 1 || channels > maxChannels) {
    throw new UserError(`${name}: expected 1 to ${maxChannels} channels, got ${channels}`);
  }
}

/** Whether a rate is in whole Hz within the limits. */
export function isRate(sampleRateHz: number): boolean {
  return (
    Number.isInteger(sampleRateHz) && sampleRateHz >= rateLimitsHz.min && sampleRateHz <= rateLimitsHz.max
  );
}

async function runDecoder(
  run: () => ReturnType<SoundDecoder["decode"]>,
  { codec }: AudioTrack,
  name: string,
): Promise<DecodedAudio> {
  try {
    return await run();
  } catch (error) {
    throw createDecoderError(codec.name, name, error);
  }
}

function checkRate({ channelData, sampleRateHz }: DecodedAudio, track: AudioTrack, name: string): void {
  if (channelData.some(({ length }) => length > 0) && sampleRateHz !== track.sampleRateHz) {
    throw new UserError(`${name}: expected ${track.sampleRateHz} Hz throughout, got ${sampleRateHz} Hz`);
  }
}

function checkMinimum(samples: number, { minSamples }: AudioPackets, name: string): void {
  if (minSamples !== undefined && samples < minSamples) {
    throw new UserError(
      `${name}: expected at least ${minSamples} samples, got ${samples}: the file is damaged`,
    );
  }
}

type Trimmer = (decoded: DecodedAudio, packets: AudioPackets | undefined) => readonly Float32Array[];

/** Cuts off what is before the sound, and what is behind it by the container's count, which may begin anywhere. */
function createTrimmer({ skippedSamples = 0, maxSamples = Infinity }: AudioTrack): Trimmer {
  let decodedSamples = 0;
  let firstCount: number | undefined; // of the container, where the track begins
  return ({ channelData }, packets) => {
    const length = Math.min(...channelData.map((channel) => channel.length), Infinity);
    if (length === Infinity) return [];
    const start = Math.min(length, Math.max(0, skippedSamples - decodedSamples));
    decodedSamples += length;
    const { endCount, lastCount, paddingSamples = 0 } = packets ?? {};
    if (endCount !== undefined) firstCount ??= Math.max(0, endCount - decodedSamples);
    const lastSample = lastCount === undefined ? skippedSamples + maxSamples : lastCount - (firstCount ?? 0);
    const surplus = Math.max(0, decodedSamples - lastSample);
    const end = Math.max(start, length - Math.max(surplus, paddingSamples));
    return channelData.map((channel) => channel.subarray(start, end));
  };
}
