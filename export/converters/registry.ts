import type { Converter } from "../graph/converter.ts";
import * as families from "./index.ts";

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

type LayerName = BuiltInLayerName | OwnLayerName;

/** A converter under a name that no layer has does not compile. */
type Checked<Families> = Exclude<keyof Families, LayerName> extends never ? Families : never;

/** By tf.layers class name: a missing or misspelt layer does not compile. */
export const converters: Checked<typeof families> & Record<LayerName, Converter> = families;

/** Layers of tfjs-layers 4.22 that have no ONNX form, each with the reason that a user reads. */
export const unsupportedReasons: Readonly<Record<string, string>> = {
  ConvLSTM2D: "ONNX has no convolutional recurrence",
  RandomHeight: "it draws a random height at inference too; remove it from the model",
  RandomWidth: "it draws a random width at inference too; remove it from the model",
};

const registered = new Map<string, Converter>(Object.entries(converters));

/**
 * Adds a converter for a layer class of your own.
 *
 *     registerConverter("Double", converter);
 *
 * @throws Error when the class has a converter already: two packages that disagree must not decide by import order
 */
export function registerConverter(className: string, converter: Converter): void {
  if (registered.has(className))
    throw new Error(`${className}: expected a layer class without converter, got one that has it`);
  registered.set(className, converter);
}

export function findConverter(className: string): Converter | undefined {
  return registered.get(className);
}
