/**
 * Shape of a batch of features: [clips, frames, bands].
 *
 *     const shape: FeatureShape = [1, 214, 96];
 */
export type FeatureShape = readonly [clips: number, frames: number, bands: number];

/**
 * Whatever turns features into logits. A TF.js model, onnxruntime-node and
 * onnxruntime-web are all Scorers, so parity compares two Scorers and evaluation takes any.
 *
 *     const logits = await scorer.score(new Float32Array(2 * 214 * 96), [2, 214, 96]); // [2, classes]
 */
export interface Scorer {
  /** @param features log-mel of `shape`, row-major, as extracted @returns logits, row-major [clips, classes] */
  score(features: Float32Array, shape: FeatureShape): Promise<Float32Array>;
  dispose(): Promise<void>;
}
