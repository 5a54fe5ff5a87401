/**
 * Mel power of all frames [batch, frames, melBands], before silent ends are left out: the last tensor in which a frame
 * knows nothing of the others, so that a runtime can cut the graph here and compute the frames of a stream once.
 */
export const melPowerName = "mel_power";

/**
 * What our networks pool over time, by these two nodes, from the same tensor: where a runtime can cut a network, to ask
 * its head about each step of time alone. The layers' names decide them (`models/create-network.ts`).
 */
export const poolingNames = ["mean_over_time/ReduceMean", "max_over_time/ReduceMax"] as const;
