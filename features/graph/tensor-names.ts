/**
 * Mel power of all frames [batch, frames, melBands], before silent ends are left out: the last tensor in which a frame
 * knows nothing of the others, so that a runtime can cut the graph here and compute the frames of a stream once.
 */
export const melPowerName = "mel_power";

/** The constant that mel power is a product with: where models of format 1 can be cut. */
export const melWeightsName = "mel_weights";
