import { expect, it } from "vitest";
import { featureConfigSchema, hashFeatureConfig } from "../../features/feature-config.ts";

it("reads settings under the names of earshot 0.1, with the same hash", () => {
  const old = featureConfigSchema.parse({ windowSamples: 512, hopSamples: 256, clipMeanShare: 0.5 });
  const config = featureConfigSchema.parse({ fftSamples: 512, hopSamples: 256, clipMeanFraction: 0.5 });
  expect(old).toEqual(config);
  expect(hashFeatureConfig(old)).toBe(hashFeatureConfig(config));
});

it("keeps the hash that earshot 0.1 wrote into its models", () => {
  // From the metadata of pretrained/esc10.onnx, whose settings these are.
  const config = featureConfigSchema.parse({ padding: "loop", clipLevel: 100_000, clipMeanFraction: 0.75 });
  expect(hashFeatureConfig(config)).toBe("1ae798050a023e9d");
});

it("refuses a setting under both names, and settings that nobody knows", () => {
  expect(featureConfigSchema.safeParse({ windowSamples: 512, fftSamples: 512 }).success).toBe(false);
  expect(featureConfigSchema.safeParse({ windowLength: 512 }).success).toBe(false);
});
