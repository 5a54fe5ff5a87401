import type { Converter } from "../graph/converter.ts";
import * as activations from "./advanced-activations.ts";
import { convertMultiHeadAttention } from "./attention.ts";
import { convertBatchNormalization, convertCentredBatchNorm } from "./batch-norm.ts";
import { convertCenterCrop } from "./center-crop.ts";
import { convertConv1d, convertConv2d, convertConv3d } from "./conv.ts";
import * as convVariants from "./conv-variants.ts";
import { convertActivation, convertDense, convertTrainingOnly } from "./core.ts";
import { convertDot } from "./dot.ts";
import { convertLayerNorm, convertLayerNormalization } from "./layer-norm.ts";
import * as merge from "./merge.ts";
import * as pooling from "./pooling.ts";
import { convertSinusoidalPositions } from "./positions.ts";
import * as preprocessing from "./preprocessing.ts";
import { convertRecurrent } from "./recurrent.ts";
import * as shape from "./shape.ts";
import { convertBidirectional, convertTimeDistributed } from "./wrappers.ts";

/** Layers of tfjs-layers 4.22 that `tf.layers` can make. InputLayer and nested models need no converter. */
type BuiltInLayerName =
  | ("Activation" | "Dense" | "Dropout" | "Embedding" | "Flatten" | "Masking" | "Permute" | "RepeatVector")
  | ("Reshape" | "SpatialDropout1D" | "GaussianNoise" | "GaussianDropout" | "AlphaDropout")
  | ("Conv1D" | "Conv2D" | "Conv3D" | "Conv2DTranspose" | "Conv3DTranspose" | "SeparableConv2D")
  | ("DepthwiseConv2D" | "Cropping2D" | "UpSampling2D" | "ZeroPadding2D")
  | ("MaxPooling1D" | "MaxPooling2D" | "MaxPooling3D")
  | ("AveragePooling1D" | "AveragePooling2D" | "AveragePooling3D")
  | ("GlobalAveragePooling1D" | "GlobalAveragePooling2D" | "GlobalMaxPooling1D" | "GlobalMaxPooling2D")
  | ("Add" | "Average" | "Concatenate" | "Dot" | "Maximum" | "Minimum" | "Multiply")
  | ("BatchNormalization" | "LayerNormalization")
  | ("SimpleRNN" | "GRU" | "LSTM" | "RNN" | "Bidirectional" | "TimeDistributed")
  | ("ELU" | "LeakyReLU" | "PReLU" | "ReLU" | "Softmax" | "ThresholdedReLU")
  | ("CategoryEncoding" | "CenterCrop" | "Rescaling" | "Resizing");

/** Layers of models/. */
type OwnLayerName =
  ("CentredBatchNorm" | "LayerNorm" | "MultiHeadAttention" | "SeededDropout") | "SinusoidalPositions";

/** By tf.layers class name: a missing or misspelt layer does not compile. */
export const converters = {
  Activation: convertActivation,
  Dense: convertDense,
  Dropout: convertTrainingOnly,
  Embedding: shape.convertEmbedding,
  Flatten: shape.convertFlatten,
  Masking: shape.convertMasking,
  Permute: shape.convertPermute,
  RepeatVector: shape.convertRepeatVector,
  Reshape: shape.convertReshape,
  SpatialDropout1D: convertTrainingOnly,
  GaussianNoise: convertTrainingOnly,
  GaussianDropout: convertTrainingOnly,
  AlphaDropout: convertTrainingOnly,
  Conv1D: convertConv1d,
  Conv2D: convertConv2d,
  Conv3D: convertConv3d,
  Conv2DTranspose: convVariants.convertConv2dTranspose,
  Conv3DTranspose: convVariants.convertConv3dTranspose,
  SeparableConv2D: convVariants.convertSeparableConv2d,
  DepthwiseConv2D: convVariants.convertDepthwiseConv2d,
  Cropping2D: shape.convertCropping2d,
  UpSampling2D: preprocessing.convertUpSampling2d,
  ZeroPadding2D: shape.convertZeroPadding2d,
  MaxPooling1D: pooling.convertMaxPooling1d,
  MaxPooling2D: pooling.convertMaxPooling2d,
  MaxPooling3D: pooling.convertMaxPooling3d,
  AveragePooling1D: pooling.convertAveragePooling1d,
  AveragePooling2D: pooling.convertAveragePooling2d,
  AveragePooling3D: pooling.convertAveragePooling3d,
  GlobalAveragePooling1D: pooling.convertGlobalAveragePooling1d,
  GlobalAveragePooling2D: pooling.convertGlobalAveragePooling2d,
  GlobalMaxPooling1D: pooling.convertGlobalMaxPooling1d,
  GlobalMaxPooling2D: pooling.convertGlobalMaxPooling2d,
  Add: merge.convertAdd,
  Average: merge.convertAverage,
  Concatenate: merge.convertConcatenate,
  Dot: convertDot,
  Maximum: merge.convertMaximum,
  Minimum: merge.convertMinimum,
  Multiply: merge.convertMultiply,
  BatchNormalization: convertBatchNormalization,
  LayerNormalization: convertLayerNormalization,
  SimpleRNN: convertRecurrent,
  GRU: convertRecurrent,
  LSTM: convertRecurrent,
  RNN: convertRecurrent,
  Bidirectional: convertBidirectional,
  TimeDistributed: convertTimeDistributed,
  ELU: activations.convertElu,
  LeakyReLU: activations.convertLeakyReLU,
  PReLU: activations.convertPReLU,
  ReLU: activations.convertReLU,
  Softmax: activations.convertSoftmax,
  ThresholdedReLU: activations.convertThresholdedReLU,
  CategoryEncoding: preprocessing.convertCategoryEncoding,
  CenterCrop: convertCenterCrop,
  Rescaling: preprocessing.convertRescaling,
  Resizing: preprocessing.convertResizing,
  CentredBatchNorm: convertCentredBatchNorm,
  LayerNorm: convertLayerNorm,
  MultiHeadAttention: convertMultiHeadAttention,
  SeededDropout: convertTrainingOnly,
  SinusoidalPositions: convertSinusoidalPositions,
} satisfies Record<BuiltInLayerName | OwnLayerName, Converter>;
