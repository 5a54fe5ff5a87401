import { defaultFeatureConfig } from "../../features/feature-config.ts";
import { dataOptions, featureOptions } from "../command-line/options.ts";
import { defineStage } from "../command-line/stage.ts";
import { computeFeatures } from "../data/compute-features.ts";

export const featuresStage = defineStage({
  name: "features",
  options: { ...dataOptions, ...featureOptions },
  examples: [
    ["features", "of the embedded data set"],
    ["features ../sounds --extractor graph", "of a folder of yours, by the ONNX feature graph"],
  ],
  run: async (args) => {
    const { line } = await computeFeatures({ ...args, features: defaultFeatureConfig });
    console.log(`features  ${line}`);
    console.log("Next: npx earshot train");
  },
});
