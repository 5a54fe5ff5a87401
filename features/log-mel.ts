/**
 * Log-mel features of one clip, row-major [frames, bands]: `values[frame * bands + band] = ln(1 + mel power)`.
 * The mel power comes back as `expm1(value)`, to float32 precision. A config with `scalarFeatures` adds their columns
 * behind the mel bands: `bands` is then `countColumns(config)`.
 *
 *     const at = ({ values, bands }: LogMel, frame: number, band: number) => values[frame * bands + band];
 */
export interface LogMel {
  readonly values: Float32Array;
  readonly frames: number;
  readonly bands: number;
}
