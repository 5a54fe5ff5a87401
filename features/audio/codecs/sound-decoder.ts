import { at } from "../../../common/at.ts";

/** Samples of each channel, all of one length, maybe none yet. */
export interface DecodedAudio {
  readonly channelData: readonly Float32Array[];
  readonly sampleRateHz: number;
}

/** A decoder that takes a track a few packets at a time. What it throws is the packets' fault. */
export interface SoundDecoder {
  /** Most packets at a time: more than one where a call costs much beside a packet, which then must be short. */
  readonly maxPackets: number;
  decode(packets: readonly Uint8Array[]): DecodedAudio | Promise<DecodedAudio>;
  /** The samples that it still holds. */
  flush(): DecodedAudio;
  free(): void;
}

/** For a decoder that takes one packet at a time. */
export function takeSingly(
  decode: (packet: Uint8Array) => DecodedAudio | Promise<DecodedAudio>,
): Pick<SoundDecoder, "maxPackets" | "decode"> {
  return { maxPackets: 1, decode: (packets) => decode(at(packets, 0)) };
}
