import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Matrix, stackRows } from "../../heads/matrix.ts";
import { background, chooseRejection, chooseThresholds, type ThresholdGoal } from "../../heads/thresholds.ts";

/** A row whose most probable class has the probability given. */
const row = (top: number, probability: number): number[] =>
  [0, 1, 2].map((label) => (label === top ? probability : (1 - probability) / 2));

/** Twelve clips of each class, named with falling confidence; the last is background. */
const rows = [
  ...Array.from({ length: 12 }, (_, index) => ({ values: row(0, 0.9 - 0.01 * index), label: 0 })),
  ...Array.from({ length: 12 }, (_, index) => ({ values: row(1, 0.8 - 0.01 * index), label: 1 })),
  ...Array.from({ length: 4 }, (_, index) => ({ values: row(1, 0.6 - 0.01 * index), label: background })),
  ...Array.from({ length: 4 }, (_, index) => ({ values: row(2, 0.9 - 0.01 * index), label: background })),
];
const probabilities = stackRows(rows.map(({ values }) => values));
const labels = rows.map(({ label }) => label);

describe("chooseThresholds", () => {
  it("lies halfway between the lowest right answer and the next lower wrong one", () => {
    const [first, second] = chooseThresholds(probabilities, labels);
    expect(first).toEqual({ threshold: 0.79 / 2, precision: 1, recall: 1, rows: 12 });
    expect(second?.threshold).toBeCloseTo((0.69 + 0.6) / 2, 12);
    expect(second).toMatchObject({ precision: 1, recall: 1 });
  });

  it("is the least of all for a class of fewer than ten clips", () => {
    const [, , third] = chooseThresholds(probabilities, labels, { least: 0.5 });
    expect(third).toEqual({ threshold: 0.5, precision: 0, recall: null, rows: 0 });
  });
});

describe("chooseRejection", () => {
  it("counts background as rows that nothing should be named for", () => {
    const alone = chooseRejection(probabilities, labels);
    expect(alone).toMatchObject({ recall: 1, rows: 24 });
    expect(alone.precision).toBeCloseTo(24 / 28, 12);
    expect(alone.threshold).toBeCloseTo((0.69 + 0.6) / 2, 12);
  });

  it("reaches a wanted precision where one can be reached, with the most right answers", () => {
    const strict = chooseRejection(probabilities, labels, { precision: 0.84 });
    expect(strict.precision).toBeGreaterThanOrEqual(0.84);
    expect(strict.recall).toBe(1);
  });
});

/** Probabilities and labels of some rows, the labels right more often the higher the probability. */
const drawn = fc.array(
  fc.record({
    top: fc.integer({ min: 0, max: 2 }),
    probability: fc.double({ min: 0.34, max: 1, noNaN: true }),
    label: fc.integer({ min: -1, max: 2 }),
  }),
  { minLength: 1, maxLength: 60 },
);

/** F1, or right answers where they reach the precision: from the definitions, for one threshold. */
function score(matrix: Matrix, truth: readonly number[], threshold: number, goal: ThresholdGoal): number {
  let [named, hits] = [0, 0];
  for (const [index, label] of truth.entries()) {
    const own = [...matrix.values.subarray(3 * index, 3 * index + 3)];
    const top = own.indexOf(Math.max(...own));
    if (own[top] === undefined || own[top] < threshold) continue;
    named++;
    if (top === label) hits++;
  }
  if (goal !== "best-f1") return named > 0 && hits / named >= goal.precision ? hits : -1;
  const answers = named + truth.filter((label) => label >= 0).length;
  return answers === 0 ? 0 : (2 * hits) / answers;
}

it.each(["best-f1", { precision: 0.7 }] as const)("no other threshold is better for %o", (goal) => {
  fc.assert(
    fc.property(drawn, (list) => {
      const matrix = stackRows(list.map(({ top, probability }) => row(top, probability)));
      const truth = list.map(({ label }) => label);
      const { threshold } = chooseRejection(matrix, truth, goal);
      const chosen = score(matrix, truth, threshold, goal);
      for (let other = 0; other <= 1; other += 0.01)
        expect(score(matrix, truth, other, goal)).toBeLessThanOrEqual(chosen + 1e-12);
    }),
  );
});
