import type { Model } from "../../onnx/graph.ts";
import { compressWeights } from "./compress-weights.ts";
import { quantiseDynamically } from "./dynamic-int8.ts";
import { toHalfPrecision } from "./half-precision.ts";
import { nameEdges } from "./quantised-nodes.ts";
import { quantiseStatically, type ValueRange } from "./static-int8.ts";

/**
 * What the network is stored and computed in; the feature graph stays in float32.
 * - `fp16`: float16 throughout
 * - `int8`: bytes by ranges measured on training clips (QDQ), for each output channel
 * - `int8-dynamic`: bytes by ranges that are measured as the model runs
 * - `fp16-weights`, `int8-weights`: stored so, computed in float32, for runtimes without such arithmetic
 *
 *     for (const precision of precisions) console.log(precision);
 */
export const precisions = ["fp32", "fp16", "int8", "int8-dynamic", "fp16-weights", "int8-weights"] as const;

/**
 * The name of a precision.
 *
 *     const precision: Precision = "fp16";
 */
export type Precision = (typeof precisions)[number];

export interface PrecisionOptions {
  /** Default `fp32`. */
  readonly precision?: Precision;
  /** For `int8`: what `measureRanges` found. */
  readonly ranges?: ReadonlyMap<string, ValueRange>;
  /** Keeps the first and the last layer with a matrix in float32: those that int8 hurts most. Default false. */
  readonly keepEdges?: boolean;
}

/**
 * @param from the network's inputs, by the names of their values
 * @throws TypeError for `int8` without ranges
 */
export function lowerPrecision(model: Model, from: readonly string[], options: PrecisionOptions): Model {
  const { precision = "fp32", ranges, keepEdges = false } = options;
  const floatNodes = keepEdges ? nameEdges(model) : [];
  switch (precision) {
    case "fp32":
      return model;
    case "fp16":
      return toHalfPrecision(model, from);
    case "int8":
      if (ranges === undefined)
        throw new TypeError("precision int8: expected ranges measured on training clips, got none");
      return quantiseStatically(model, ranges, floatNodes);
    case "int8-dynamic":
      return quantiseDynamically(model, floatNodes);
    case "fp16-weights":
      return compressWeights(model, "fp16");
    case "int8-weights":
      return compressWeights(model, "int8");
  }
}
