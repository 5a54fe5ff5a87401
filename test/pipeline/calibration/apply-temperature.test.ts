import * as tf from "@tensorflow/tfjs";
import { expect, it } from "vitest";
import { createNetwork } from "../../../models/create-network.ts";
import { applyTemperature } from "../../../pipeline/calibration/open-calibrated.ts";
import { predictLogits } from "../../../training/scoring/predict-logits.ts";
import { createToneJob, toneBands } from "../../training/tone-set.ts";

it("divides the logits, and nothing else", async () => {
  const { network } = createToneJob();
  const model = createNetwork(network, 1);
  const input = Float32Array.from({ length: 2 * 12 * toneBands }, (_, index) => Math.sin(index));
  const shape = [2, 12, toneBands] as const;
  const before = await predictLogits(model, input, shape);
  const tensors = tf.memory().numTensors;
  applyTemperature(model, 2.5);
  expect(tf.memory().numTensors).toBe(tensors);
  const after = await predictLogits(model, input, shape);
  after.forEach((logit, index) => {
    expect(logit).toBeCloseTo((before[index] ?? NaN) / 2.5, 5);
  });
  model.dispose();
});
