/** Probabilities over a stretch of sound, in the order of the model's labels. */
export interface Score {
  readonly startSeconds: number;
  readonly endSeconds: number;
  /** All 0 in silence, which has none of the classes. */
  readonly probabilities: Float32Array;
}
