/** `earshot/parity`: whether two models answer the same. Needs no runtime of its own. */
export { createOrtScorer, type SampleShape, type ShapedScorer } from "../ort-scorer.ts";
export { ParityError } from "../errors.ts";
export { compareScorers, formatParityReport, type ParityReport, verifyParity } from "./parity.ts";
export { buildFeatureInputs, buildSampleInputs, type ParityInput } from "./parity-inputs.ts";
