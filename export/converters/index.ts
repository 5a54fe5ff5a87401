import type { Converter } from "../converter.ts";
import { convertBatchNormalization, convertCentredBatchNorm } from "./batch-norm.ts";
import { convertConv1d } from "./conv.ts";
import { convertActivation, convertDense, convertTrainingOnly } from "./core.ts";
import { convertConcatenate } from "./merge.ts";
import { convertGlobalAveragePooling1d, convertGlobalMaxPooling1d, convertMaxPooling1d } from "./pooling.ts";

/** By tf.layers class name. */
export const converters = {
  Activation: convertActivation,
  BatchNormalization: convertBatchNormalization,
  CentredBatchNorm: convertCentredBatchNorm,
  Concatenate: convertConcatenate,
  Conv1D: convertConv1d,
  Dense: convertDense,
  Dropout: convertTrainingOnly,
  GlobalAveragePooling1D: convertGlobalAveragePooling1d,
  GlobalMaxPooling1D: convertGlobalMaxPooling1d,
  MaxPooling1D: convertMaxPooling1d,
  SeededDropout: convertTrainingOnly,
} satisfies Record<string, Converter>;
