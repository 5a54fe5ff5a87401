/** Mono audio; full scale is [-1, 1]. */
export interface Waveform {
  readonly samples: Float32Array;
  readonly sampleRateHz: number;
}
