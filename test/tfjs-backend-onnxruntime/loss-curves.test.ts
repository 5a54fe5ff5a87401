import { describe, expect, it } from "vitest";
import { type CurveOptions, trainCurve } from "./train-curve.ts";

const missing = await import("@tensorflow/tfjs-node").then(
  () => undefined,
  (error: unknown) => String(error).split("\n")[0],
);
const largestDifference = 1e-3;

/**
 * SGD with Nesterov momentum; the loss falls from 2.4 to 0.9 and 0.6. Faster learning, or AdamW, makes more of the
 * last bits: there tfjs-node parts from itself by more than this (test/tfjs-backend-onnxruntime/print-loss-curves.ts).
 */
const curve = {
  optimiser: "sgd",
  learningRate: 1e-4,
  steps: 100,
  seed: 1,
  clips: 8,
  frames: 64,
  batches: 4,
  narrow: false,
} as const satisfies Partial<CurveOptions>;

describe.skipIf(missing !== undefined)(`100 steps beside tfjs-node ${missing ?? ""}`, () => {
  it.each(["cnn", "cnn-transformer"] as const)(
    "%s: the losses agree to 1e-3",
    async (network) => {
      const theirs = await trainCurve("tfjs-node", { ...curve, network });
      const ours = await trainCurve("onnxruntime", { ...curve, network });
      expect(theirs.losses).toHaveLength(curve.steps);
      expect(theirs.losses.at(-1)).toBeLessThan(0.5 * (theirs.losses[0] ?? 0));
      const differences = ours.losses.map((loss, step) => Math.abs(loss / (theirs.losses[step] ?? 0) - 1));
      expect(Math.max(...differences)).toBeLessThan(largestDifference);
    },
    300_000,
  );
});
