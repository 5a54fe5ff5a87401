import { describe, expect, it } from "vitest";
import { createRandom } from "../../../common/random.ts";
import { calibrate, type UnseenClip } from "../../../pipeline/calibration/calibrate.ts";
import { calibrationSchema } from "../../../run-files/calibration.ts";

const labels = ["a", "b", "c"];

/** Clips whose label is drawn from the softmax of their logits, which are then made `factor` times too sure. */
function drawClips(count: number, factor: number, seed = 1): UnseenClip[] {
  const random = createRandom(seed, "calibrate");
  return Array.from({ length: count }, (_, index) => {
    const logits = labels.map(() => 1.5 * random.normal());
    const powers = logits.map(Math.exp);
    let draw = random.next() * powers.reduce((sum, power) => sum + power, 0);
    const label = powers.findIndex((power) => (draw -= power) < 0);
    return {
      label: labels[label] ?? "c",
      fold: 1 + (index % 5),
      logits: logits.map((logit) => factor * logit),
    };
  });
}

/** Background for which the network favours no class. */
const background = Array.from({ length: 40 }, (_, index) => ({
  kind: index % 2 === 0 ? "white" : "hum",
  isRecorded: false,
  logits: [0.1, 0, 0.05],
}));

const input = { labels, clips: drawClips(3000, 3), background, goal: "best-f1", windowSeconds: 5 } as const;

describe("calibrate", () => {
  it("finds the temperature, and probabilities that are true on folds whose clips did not give it", () => {
    const { temperature, reliability } = calibrate(input);
    expect(Math.abs(temperature - 3)).toBeLessThan(0.25);
    expect(reliability.before.expectedError).toBeGreaterThan(0.1);
    expect(reliability.after.expectedError).toBeLessThan(0.03);
  });

  it("names nothing in background, counts it by kind and by the hour", () => {
    const { background: kinds, falseAlarmsPerHour, classes } = calibrate(input);
    expect(kinds).toEqual([
      { kind: "white", windows: 20, named: 0 },
      { kind: "hum", windows: 20, named: 0 },
    ]);
    expect(falseAlarmsPerHour).toBe(0);
    for (const { threshold } of classes) expect(threshold).toBeGreaterThan(0.35);
  });

  it("counts what is named: a false alarm in 40 windows of 5 s is 18 an hour", () => {
    const loud = [...background.slice(1), { kind: "white", isRecorded: false, logits: [30, 0, 0] }];
    expect(calibrate({ ...input, background: loud }).falseAlarmsPerHour).toBe(18);
  });

  it("says what is to be expected, on clips that chose nothing, within a point of what new clips give", () => {
    const { all, classes, expected, temperature, goal } = calibrate({ ...input, goal: { precision: 0.8 } });
    expect(goal).toBe("precision 0.8");
    expect(all.precision).toBeGreaterThan(0.7);
    const answers = drawClips(20_000, 3, 2).map(({ label, logits }) => {
      const powers = logits.map((logit) => Math.exp(logit / temperature));
      const top = powers.indexOf(Math.max(...powers));
      const probability = Math.max(...powers) / powers.reduce((sum, power) => sum + power, 0);
      const isNamed = probability >= (classes[top]?.threshold ?? 2);
      return { isNamed, isRight: isNamed && labels[top] === label };
    });
    const count = (key: "isNamed" | "isRight") => answers.filter((answer) => answer[key]).length;
    expect(expected.precision).toBeCloseTo(count("isRight") / count("isNamed"), 1.7); // no background is named
    expect(expected.recall).toBeCloseTo(count("isRight") / answers.length, 1.7);
  });

  it("goes by kinds of background, recorded as much as generated, not by the number of windows", () => {
    const generated = background.map((window) => ({ ...window, logits: [9, 0, 0] }));
    const { all } = calibrate({ ...input, background: generated });
    const tripled = [...generated, ...generated, ...generated];
    expect(calibrate({ ...input, background: tripled }).all.precision).toBeCloseTo(all.precision ?? NaN, 12);
    const recorded = { kind: "kitchen", isRecorded: true, logits: [0.1, 0, 0.05] };
    const mixed = calibrate({ ...input, background: [...tripled, recorded] });
    expect(mixed.all.precision).toBeGreaterThan(all.precision ?? NaN);
    expect(mixed.backgroundFraction).toBe(0.5);
  });

  it("keeps a few clips that are all right from probabilities of 1", () => {
    const few = labels.flatMap((label, place) =>
      Array.from({ length: 5 }, (_, index) => ({
        label,
        fold: 1,
        logits: labels.map((_, other) => (other === place ? 12 + index : 0)),
      })),
    );
    const loud = background.map((window) => ({ ...window, logits: [13, 0, 0] }));
    const { temperature, classes } = calibrate({ ...input, clips: few, background: loud });
    expect(temperature).toBeGreaterThan(1);
    for (const { threshold, recall } of classes) {
      expect(threshold).toBeLessThan(0.999);
      expect(recall).toBeGreaterThanOrEqual(0.5);
    }
  });

  it("gives what calibration.json holds", () => {
    expect(() =>
      calibrationSchema.parse({ source: "", from: "validation", ...calibrate(input) }),
    ).not.toThrow();
  });
});
