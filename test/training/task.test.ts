import * as tf from "@tensorflow/tfjs";
import { describe, expect, it } from "vitest";
import { at } from "../../common/at.ts";
import { labellings, sigmoid } from "../../common/labelling.ts";
import { loadEngine } from "../../training/engine.ts";
import { getTask } from "../../training/task.ts";

const logits = [
  [0.5, -2, 3],
  [-0.25, 1.5, 0],
];
const targets = [
  [1, 0, 0.75],
  [0, 0, 1],
];

describe.each(["tfjs-node", "onnxruntime"] as const)("tasks on %s", (engine) => {
  it.each(labellings)(
    "has the loss that it reports, and its gradient, where clips have %s",
    async (labelling) => {
      await loadEngine(engine, 1);
      const { computeLoss, measureRow } = getTask({ labelling });
      const measure = (rows: readonly (readonly number[])[]): number =>
        rows.reduce((sum, row, index) => {
          const { losses } = measureRow(Float32Array.from(row), Float32Array.from(at(targets, index)));
          return sum + losses.reduce((total, one) => total + one, 0) / rows.length;
        }, 0);
      const [loss, gradient] = tf.tidy(() => {
        const { value, grad } = tf.valueAndGrad((x: tf.Tensor) => computeLoss(x, tf.tensor2d(targets)))(
          tf.tensor2d(logits),
        );
        return [value, grad];
      });
      expect((await loss.data())[0]).toBeCloseTo(measure(logits), 6);
      const step = 2 ** -8; // which float32 adds to these logits exactly
      for (const [index, value] of (await gradient.data()).entries()) {
        const shift = (by: number): number[][] =>
          logits.map((row, clip) => row.map((x, label) => (3 * clip + label === index ? x + by : x)));
        expect(value).toBeCloseTo((measure(shift(step)) - measure(shift(-step))) / (2 * step), 4);
      }
    },
  );

  it("neither overflows nor loses the gradient at large logits", async () => {
    await loadEngine(engine, 1);
    const { computeLoss } = getTask({ labelling: "several" });
    const large = [[200, -200, 200, -200]];
    const truth = [[1, 0, 0, 1]];
    const [loss, gradient] = tf.tidy(() => {
      const { value, grad } = tf.valueAndGrad((x: tf.Tensor) => computeLoss(x, tf.tensor2d(truth)))(
        tf.tensor2d(large),
      );
      return [value, grad];
    });
    expect((await loss.data())[0]).toBeCloseTo(100, 4);
    const expected = at(large, 0).map((x, index) => (sigmoid(x) - at(at(truth, 0), index)) / 4);
    for (const [index, value] of (await gradient.data()).entries())
      expect(value).toBeCloseTo(at(expected, index), 6);
  });
});
