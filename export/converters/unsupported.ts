/** Layers of tfjs-layers 4.22 that have no ONNX form, each with the reason that a user is told. */
export const unsupportedReasons: Readonly<Record<string, string>> = {
  ConvLSTM2D: "ONNX has no convolutional recurrence",
  RandomHeight: "it draws a random height at inference too; remove it from the model",
  RandomWidth: "it draws a random width at inference too; remove it from the model",
};
