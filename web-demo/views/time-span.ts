/** The stretch of time that spectrogram and timeline show, from their left edges to their right. */
export interface TimeSpan {
  readonly startSeconds: number;
  readonly endSeconds: number;
}
