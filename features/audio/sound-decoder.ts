/** Samples of each channel, maybe none yet. */
export interface DecodedAudio {
  readonly channelData: Float32Array[];
  readonly sampleRate: number;
}

/** A decoder that takes a file piece by piece. */
export interface SoundDecoder {
  decode(piece: Uint8Array): DecodedAudio;
  /** The samples that it still holds. */
  flush(): DecodedAudio;
  free(): void;
}
