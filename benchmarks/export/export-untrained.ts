import type * as tf from "@tensorflow/tfjs";
import { type ExportedModel, exportTrainedModel } from "../../export/index.ts";
import { defaultFeatureConfig } from "../../features/feature-config.ts";
import { recipes } from "../../training/jobs/recipes.ts";

/**
 * A network's ONNX file as `export` writes it; weights as they start, since their values cost no time. With samples in
 * as of recipe `best`, `field` and `quick`: silent ends, loop, level and clip mean, after features in float32.
 */
export function exportUntrained(
  model: tf.LayersModel,
  input: "features" | "samples",
  classes = 10,
): ExportedModel {
  const labels = Array.from({ length: classes }, (_, index) => `class ${index}`);
  const features =
    input === "samples" ? { ...defaultFeatureConfig, ...recipes.best.features } : defaultFeatureConfig;
  const { melBands } = features;
  const standardisation = {
    mean: Array<number>(melBands).fill(0),
    deviation: Array<number>(melBands).fill(1),
  };
  return exportTrainedModel(
    { model, labels, features, standardisation },
    { input, featurePrecision: "float32", metadata: { program: "earshot benchmarks", network: model.name } },
  );
}
