import * as tf from "@tensorflow/tfjs";
import { describe, expect, it, vi } from "vitest";
import { createRandom } from "../../../common/random.ts";
import type { Batch } from "../../../training/data/batch.ts";
import { loadEngine } from "../../../training/engine.ts";
import { composeJob } from "../../../training/jobs/compose-job.ts";
import { createTrainStep } from "../../../training/loop/train-step.ts";
import { createTrainingState, disposeTrainingState } from "../../../training/loop/training-state.ts";

const frames = 16;
const bands = 8;

const small = { classes: 3, bands, trunk: [{ filters: 16, kernelFrames: 3, poolFrames: 2 }], dropout: 0.5 };

const networks = {
  cnn: { architecture: "cnn", ...small },
  "cnn-transformer": {
    architecture: "cnn-transformer",
    ...small,
    heads: 2,
    feedForwardWidth: 32,
    encoderDropout: 0.2,
  },
} as const;

/** With all that makes steps differ: dropout, an average, warm-up, AdamW's corrections. */
const makeJob = (name: keyof typeof networks) =>
  composeJob({ recipe: "best", network: networks[name], seed: 1 });

function drawBatch(clips: number, seed: number): Batch {
  const random = createRandom(seed, "batch");
  const targets = new Float32Array(clips * 3);
  for (let clip = 0; clip < clips; clip++) targets[3 * clip + random.integer(3)] = 1;
  const values = Float32Array.from({ length: clips * frames * bands }, random.normal);
  return { values, shape: [clips, frames, bands], targets, negatives: 0 };
}

async function follow(name: keyof typeof networks): Promise<{ losses: number[]; calls: number }> {
  const state = createTrainingState(makeJob(name));
  const apply = vi.spyOn(state.model, "apply");
  const runStep = createTrainStep(state);
  const losses: number[] = [];
  for (let step = 0; step < 24; step++) {
    const clips = step % 4 === 3 ? 5 : 8; // a short batch at the end of each epoch
    losses.push((await runStep(drawBatch(clips, step), 0.01 / (1 + step), step)).loss);
  }
  disposeTrainingState(state);
  return { losses, calls: apply.mock.calls.length };
}

describe("the training step", () => {
  it.each(["cnn", "cnn-transformer"] as const)(
    "of the %s runs its JavaScript only until the engine has compiled it, and loses as with another engine",
    async (name) => {
      await loadEngine("onnxruntime");
      const compiled = await follow(name);
      expect(compiled.calls).toBeLessThanOrEqual(6);
      await tf.setBackend("cpu");
      const plain = await follow(name);
      expect(plain.calls).toBe(24);
      plain.losses.forEach((loss, step) => {
        expect(compiled.losses[step]).toBeCloseTo(loss, 3);
      });
    },
  );
});
