/** Embeddings of a sound's windows, row-major [windows, dimensions]. */
interface Embeddings {
  readonly windows: number;
  readonly dimensions: number;
  readonly values: Float32Array;
}

/**
 * The seam between sounds and heads: whatever turns samples into embeddings, be it a backbone of others or the trunk of
 * a network of ours. Heads, nearest clips, label errors and the map of a data set know nothing else.
 */
export interface Embedder {
  readonly sampleRateHz: number;
  /** @param samples mono, at `sampleRateHz`, at least one */
  embed(samples: Float32Array): Promise<Embeddings>;
  dispose(): Promise<void>;
}
