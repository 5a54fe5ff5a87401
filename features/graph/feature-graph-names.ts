/** The mel filters in the feature graph, inside exported models too: where a model can be cut into features and network. */
export const melWeightsName = "mel_weights";
