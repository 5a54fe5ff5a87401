import type * as tf from "@tensorflow/tfjs";
import { type ExportedModel, exportTrainedModel } from "../../export/index.ts";
import { defaultFeatureConfig } from "../../features/feature-config.ts";

/** A network's ONNX file as `export` writes it; weights as they start, since their values cost no time. */
export function exportUntrained(
  model: tf.LayersModel,
  input: "features" | "samples",
  classes = 10,
): ExportedModel {
  const labels = Array.from({ length: classes }, (_, index) => `class ${index}`);
  const { melBands } = defaultFeatureConfig;
  const standardisation = {
    mean: Array<number>(melBands).fill(0),
    deviation: Array<number>(melBands).fill(1),
  };
  return exportTrainedModel(
    { model, labels, features: defaultFeatureConfig, standardisation },
    { input, metadata: { program: "earshot benchmarks", network: model.name } },
  );
}
