import { describe, expect, it } from "vitest";
import { at } from "../../../common/at.ts";
import { computeLabelSetMetrics } from "../../../training/scoring/label-set-metrics.ts";
import { toNpy } from "../../python/npy.ts";
import { askPython, describeWithOracle } from "../../python/oracle.ts";

describe("computeLabelSetMetrics", () => {
  it("counts by hand what is small enough", () => {
    // Class 0: scores 2, 1, -1 with truths yes, no, yes: precision 1, 1/2, 2/3 at recall 1/2, 1/2, 1. Class 1 never is.
    const logits = Float32Array.from([2, -1, 1, -2, -1, -3]);
    const metrics = computeLabelSetMetrics(logits, [[0], [], [0]], 2);
    expect(metrics).toMatchObject({
      clips: 3,
      accuracy: 1 / 3,
      meanAveragePrecision: 0.5 * 1 + 0.5 * (2 / 3),
    });
    expect(metrics.classes).toEqual([
      { clips: 2, averagePrecision: 0.5 * 1 + 0.5 * (2 / 3), precision: 0.5, recall: 0.5, f1: 0.5 },
      { clips: 0, averagePrecision: null, precision: null, recall: null, f1: null },
    ]);
    expect(metrics.macroF1).toBe(0.5);
  });

  it("stays finite for logits that overflow exp, and refuses sizes that do not fit", () => {
    expect(computeLabelSetMetrics(Float32Array.from([1e4, -1e4]), [[1]], 2).loss).toBe(1e4);
    expect(() => computeLabelSetMetrics(new Float32Array(5), [[0], []], 3)).toThrow(
      "expected 2 x 3 values, got 5",
    );
    expect(() => computeLabelSetMetrics(new Float32Array(3), [[1, 3]], 3)).toThrow("expected below 3, got 3");
  });
});

describeWithOracle("computeLabelSetMetrics against scikit-learn", () => {
  it("gives its average precision, F1, subset accuracy and log loss, ties and none of the classes included", async () => {
    const [clips, classes] = [80, 4];
    const labels = Array.from({ length: clips }, (_, clip) =>
      [0, 1, 2, 3].filter((index) => (clip * (index + 3)) % 7 < 2 + (index % 2)),
    );
    const logits = Float32Array.from({ length: clips * classes }, (_, index) => {
      const isYes = at(labels, Math.floor(index / classes)).includes(index % classes);
      return Math.round(4 * (Math.sin(index * 1.7) * 2 + (isYes ? 1 : 0))) / 4; // with ties
    });
    const truth = Float64Array.from({ length: clips * classes }, (_, index) =>
      Number(at(labels, Math.floor(index / classes)).includes(index % classes)),
    );
    const script = `
from sklearn.metrics import accuracy_score, average_precision_score, f1_score, log_loss
z, t = arrays["logits"].reshape(-1, 4).astype(np.float64), arrays["truth"].reshape(-1, 4)
p = 1 / (1 + np.exp(-z)); y = (p >= 0.5).astype(float)
outputs["scores"] = np.array([accuracy_score(t, y), f1_score(t, y, average="macro"),
    average_precision_score(t, p, average="macro"), np.mean([log_loss(t[:, c], p[:, c], labels=[0, 1]) for c in range(4)])])
outputs["classes"] = np.concatenate([average_precision_score(t, p, average=None), f1_score(t, y, average=None)])
`;
    const { scores, classes: own } = await askPython(script, {
      logits: toNpy(logits),
      truth: toNpy(truth),
    });
    const metrics = computeLabelSetMetrics(logits, labels, classes);
    const measured = [metrics.accuracy, metrics.macroF1, metrics.meanAveragePrecision ?? NaN, metrics.loss];
    for (const [index, value] of measured.entries())
      expect(value).toBeCloseTo(Number(scores?.data[index]), 9);
    const ofClasses = metrics.classes ?? [];
    const listed = [...ofClasses.map((one) => one.averagePrecision), ...ofClasses.map((one) => one.f1)];
    for (const [index, value] of listed.entries()) expect(value).toBeCloseTo(Number(own?.data[index]), 9);
  });
});
