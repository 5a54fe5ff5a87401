import { UserError } from "../../../common/user-error.ts";
import { type PcmEncoding, pcmBytes } from "../codecs/pcm.ts";
import type { AudioFile, AudioPackets, AudioTrack } from "./audio-track.ts";

/** A track of PCM that begins where the file is read. @param bytes of sound, Infinity for all that comes */
export function createPcmTrack(file: AudioFile, encoding: PcmEncoding, bytes: number): AudioTrack {
  const { channels, sampleRateHz, sample } = encoding;
  const frameBytes = Math.max(1, channels * pcmBytes[sample]);
  const track = { codec: { name: "PCM", encoding } as const, channels, sampleRateHz };
  if (bytes === Infinity) return { ...track, packets: readSound(file, Infinity, frameBytes) };
  const samples = Math.floor(bytes / frameBytes);
  return { ...track, samples, packets: readSound(file, samples * frameBytes, frameBytes, bytes) };
}

/** @throws UserError when fewer bytes come than are promised; what is less than a block at the end is dropped */
export async function* readSound(
  { reader, name }: AudioFile,
  bytes: number,
  blockBytes: number,
  promisedBytes = bytes,
): AsyncGenerator<AudioPackets, void, undefined> {
  let found = 0;
  const packetBytes = Math.max(1, Math.floor(2 ** 16 / blockBytes)) * blockBytes;
  while (found < bytes) {
    const packet = await reader.takeBlocks(Math.min(packetBytes, bytes - found), blockBytes);
    if (packet.length === 0) break;
    found += packet.length;
    yield { packets: [packet] };
  }
  if (found < bytes && Number.isFinite(bytes)) {
    throw new UserError(
      `${name}: expected ${promisedBytes} bytes of sound, got ${found}: the file is cut off`,
    );
  }
}
