/** `earshot/export`: tf.layers models to ONNX. Needs `@tensorflow/tfjs` beside it. */
export { measureRanges } from "./precision/calibrate.ts";
export {
  type Converter,
  type ConverterDescription,
  defineConverter,
  defineGeneralConverter,
} from "./graph/converter.ts";
export type { ExportGraph } from "./graph/export-graph.ts";
export type { LayerCall } from "./graph/layer-call.ts";
export { exportLayersModel, type ExportOptions } from "./export-layers-model.ts";
export {
  type ExportableModel,
  type ExportedModel,
  exportTrainedModel,
  type TrainedExportOptions,
} from "./export-trained-model.ts";
export { type Precision, precisions } from "./precision/precision.ts";
export { readLayersModel } from "./saved-model/read-layers-model.ts";
export { exportLayersModelToFiles, type FileExportOptions } from "./write-model-files.ts";
export { registerConverter } from "./converters/registry.ts";
export { type UnsupportedLayer, UnsupportedLayerError } from "./graph/unsupported-layer-error.ts";
export type { Mask, Value } from "./graph/value.ts";
export type { Weight } from "./graph/weight.ts";
