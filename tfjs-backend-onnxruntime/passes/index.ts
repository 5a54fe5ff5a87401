import { broadcastLate } from "./broadcast-late.ts";
import { foldScalars } from "./fold-scalars.ts";
import { maskFromRelu } from "./mask-from-relu.ts";
import type { Rewrite } from "./rewrite.ts";
import { scaleInProduct } from "./scale-in-product.ts";
import { sumRowsByProduct } from "./sum-rows-by-product.ts";

/** Rewrites, in the order in which each new node is offered to them; the first that answers wins. */
export const passes: readonly Rewrite[] = [
  foldScalars,
  broadcastLate,
  scaleInProduct,
  sumRowsByProduct,
  maskFromRelu,
];
