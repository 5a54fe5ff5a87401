import { describe, expect, it } from "vitest";
import { createRandom } from "../../../common/random.ts";
import { calibrate, type UnseenClip } from "../../../pipeline/calibration/calibrate.ts";
import { calibrationSchema } from "../../../run-files/calibration.ts";

const labels = ["a", "b", "c"];

/** Clips whose label is drawn from the softmax of their logits, which are then made `factor` times too sure. */
function drawClips(count: number, factor: number): UnseenClip[] {
  const random = createRandom(1, "calibrate");
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
    const { background: kinds, falseAlarmsPerHour, rejection, classes } = calibrate(input);
    expect(kinds).toEqual([
      { kind: "white", windows: 20, named: 0 },
      { kind: "hum", windows: 20, named: 0 },
    ]);
    expect(falseAlarmsPerHour).toBe(0);
    expect(rejection.threshold).toBeGreaterThan(0.35);
    for (const { threshold } of classes) expect(threshold).toBeGreaterThanOrEqual(rejection.threshold);
  });

  it("counts what is named: a false alarm in 40 windows of 5 s is 18 an hour", () => {
    const loud = [...background.slice(1), { kind: "white", logits: [30, 0, 0] }];
    expect(calibrate({ ...input, background: loud }).falseAlarmsPerHour).toBe(18);
  });

  it("reaches a wanted precision", () => {
    const { rejection, goal } = calibrate({ ...input, goal: { precision: 0.9 } });
    expect(goal).toBe("precision 0.9");
    expect(rejection.precision).toBeGreaterThanOrEqual(0.9);
    expect(rejection.recall).toBeLessThan(0.9);
  });

  it("gives what calibration.json holds", () => {
    expect(() =>
      calibrationSchema.parse({ source: "", from: "validation", ...calibrate(input) }),
    ).not.toThrow();
  });
});
