/** Shape of a batch of features: [clips, frames, bands]. */
export type FeatureShape = readonly [clips: number, frames: number, bands: number];

/**
 * Whatever turns features into logits. A TF.js model, onnxruntime-node and
 * onnxruntime-web are all Scorers, so parity compares two Scorers and evaluation takes any.
 */
export interface Scorer {
  /** @param features log-mel of `shape`, row-major, as extracted @returns logits, row-major [clips, classes] */
  score(features: Float32Array, shape: FeatureShape): Promise<Float32Array>;
  dispose(): Promise<void>;
}
