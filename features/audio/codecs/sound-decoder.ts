/** Samples of each channel, all of one length, maybe none yet. */
export interface DecodedAudio {
  readonly channelData: readonly Float32Array[];
  readonly sampleRateHz: number;
}

/** A decoder that takes a track packet by packet. What it throws is the packet's fault. */
export interface SoundDecoder {
  decode(packet: Uint8Array): DecodedAudio | Promise<DecodedAudio>;
  /** The samples that it still holds. */
  flush(): DecodedAudio;
  free(): void;
}
