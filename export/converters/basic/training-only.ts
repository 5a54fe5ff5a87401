import { anyConfigSchema } from "../../graph/config-schemas.ts";
import { type Converter, defineConverter } from "../../graph/converter.ts";

/** What only training does (dropout, noise) is the identity here: no node at all. */
const trainingOnly: Converter = defineConverter({
  operators: "none",
  config: anyConfigSchema,
  integers: "keep",
  convert: (_graph, x) => x,
});

export const Dropout = trainingOnly;
export const SpatialDropout1D = trainingOnly;
export const GaussianNoise = trainingOnly;
export const GaussianDropout = trainingOnly;
export const AlphaDropout = trainingOnly;

/** Our own layer (models/layers/seeded-dropout.ts). */
export const SeededDropout = trainingOnly;
