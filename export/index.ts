/** `earshot/export`: tf.layers models to ONNX. Needs `@tensorflow/tfjs` beside it. */
export { measureRanges } from "./calibrate.ts";
export {
  type Converter,
  type ConverterDescription,
  defineConverter,
  defineGeneralConverter,
  type LayerCall,
} from "./converter.ts";
export type { ExportGraph } from "./export-graph.ts";
export { exportLayersModel, type ExportOptions } from "./export-layers-model.ts";
export {
  type ExportableModel,
  type ExportedModel,
  exportTrainedModel,
  type TrainedExportOptions,
} from "./export-trained-model.ts";
export { type Precision, precisions } from "./precision.ts";
export { readLayersModel } from "./read-layers-model.ts";
export { exportLayersModelToFiles, type FileExportOptions } from "./write-model-files.ts";
export { registerConverter } from "./registry.ts";
export { type UnsupportedLayer, UnsupportedLayerError } from "./unsupported-layer-error.ts";
export type { Value } from "./value.ts";
export type { Weight } from "./weight.ts";
