/**
 * Mono audio; full scale is [-1, 1].
 *
 *     const silence: Waveform = { samples: new Float32Array(44_100), sampleRateHz: 44_100 };
 */
export interface Waveform {
  readonly samples: Float32Array;
  readonly sampleRateHz: number;
}
