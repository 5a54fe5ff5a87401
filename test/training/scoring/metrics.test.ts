import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { describeWithOracle, askPython } from "../../python/oracle.ts";
import { toNpy } from "../../python/npy.ts";
import { computeMetrics } from "../../../training/scoring/metrics.ts";

describe("computeMetrics", () => {
  it("counts by hand what is small enough", () => {
    const logits = Float32Array.from([2, 1, 0, 0, 3, 1, 5, 0, 0, 0, 0, 9]);
    const { accuracy, confusion, macroF1, clips } = computeMetrics(logits, [0, 1, 2, 2], 3);
    expect({ accuracy, clips }).toEqual({ accuracy: 0.75, clips: 4 });
    expect(confusion).toEqual([
      [1, 0, 0],
      [0, 1, 0],
      [1, 0, 1],
    ]);
    expect(macroF1).toBeCloseTo((2 / 3 + 1 + 2 / 3) / 3, 12);
  });

  it("stays finite for logits that overflow exp", () => {
    const { loss } = computeMetrics(Float32Array.from([1e4, 0]), [1], 2);
    expect(loss).toBe(1e4);
  });

  it("is right for perfect logits, whatever the labels", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1 }), (labels) => {
        const logits = Float32Array.from(
          labels.flatMap((label) => [0, 1, 2, 3].map((k) => (k === label ? 50 : 0))),
        );
        const metrics = computeMetrics(logits, labels, 4);
        expect(metrics.accuracy).toBe(1);
        expect(metrics.macroF1).toBe(1);
        expect(metrics.loss).toBeLessThan(1e-20 + 1e-12);
      }),
    );
  });

  it("refuses sizes that do not fit", () => {
    expect(() => computeMetrics(new Float32Array(5), [0, 1], 3)).toThrow("expected 2 x 3 values, got 5");
    expect(() => computeMetrics(new Float32Array(3), [3], 3)).toThrow("expected below 3, got 3");
  });
});

describeWithOracle("computeMetrics against scikit-learn", () => {
  it("gives its accuracy, macro F1, log loss and confusion matrix", async () => {
    const classes = 5;
    const labels = Array.from({ length: 60 }, (_, index) => (index * 7) % classes);
    const logits = Float32Array.from({ length: 60 * classes }, (_, index) => Math.sin(index * 1.7) * 3);
    const script = `
from sklearn.metrics import accuracy_score, f1_score, log_loss, confusion_matrix
z = arrays["logits"].reshape(-1, 5).astype(np.float64)
p = np.exp(z - z.max(1, keepdims=True)); p /= p.sum(1, keepdims=True)
t, y = arrays["labels"], z.argmax(1)
outputs["scores"] = np.array([accuracy_score(t, y), f1_score(t, y, average="macro"), log_loss(t, p, labels=range(5))])
outputs["confusion"] = confusion_matrix(t, y).astype(np.float64)
`;
    const { scores, confusion } = await askPython(script, {
      logits: toNpy(logits),
      labels: toNpy(Int32Array.from(labels)),
    });
    const metrics = computeMetrics(logits, labels, classes);
    const expected = [...(scores?.data ?? [])].map(Number);
    [metrics.accuracy, metrics.macroF1, metrics.loss].forEach((value, index) => {
      expect(value).toBeCloseTo(expected[index] ?? NaN, 7);
    });
    expect(metrics.confusion.flat()).toEqual([...(confusion?.data ?? [])].map(Number));
  });
});
