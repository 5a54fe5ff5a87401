import type { Model } from "../../onnx/graph.ts";
import { cancelTransposes } from "./cancel-transposes.ts";
import { foldAffine } from "./fold-affine.ts";
import { removeIdentities } from "./remove-identities.ts";
import { removeUnused } from "./remove-unused.ts";

/** In this order; each leaves a valid graph that gives the same answers. One that fails stops the export. */
const passes: readonly ((model: Model) => Model)[] = [
  cancelTransposes,
  removeIdentities,
  removeUnused,
  foldAffine,
  removeUnused,
];

/** The graph a good engineer would have written by hand. */
export function optimise(model: Model): Model {
  return passes.reduce((current, pass) => pass(current), model);
}
