import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { stackRows } from "../../heads/matrix.ts";
import {
  chooseThresholds,
  keptFractions,
  type ThresholdGoal,
  type ThresholdRows,
} from "../../heads/thresholds.ts";

/** In place of a class, of a row that has none. */
const background = -1;

interface Row {
  readonly top: number;
  readonly probability: number;
  readonly label: number;
  readonly weight: number;
}

/** Rows of three classes whose most probable class has the probability given. */
function makeRows(rows: readonly Row[]): ThresholdRows {
  const spread = ({ top, probability }: Row) =>
    [0, 1, 2].map((label) => (label === top ? probability : (1 - probability) / 2));
  return {
    probabilities: stackRows(rows.map(spread)),
    labels: rows.map(({ label }) => (label === background ? [] : [label])),
    weights: rows.map(({ weight }) => weight),
  };
}

/** Rows named with falling probability. */
const list = (count: number, top: number, highest: number, label = top, weight = 1): Row[] =>
  Array.from({ length: count }, (_, index) => ({ top, probability: highest - 0.01 * index, label, weight }));

describe("chooseThresholds", () => {
  const rows = [
    ...list(20, 0, 0.9),
    ...list(20, 1, 0.8),
    ...list(5, 2, 0.95),
    ...list(10, 1, 0.6, background),
  ];

  it("lies halfway between the lowest right answer and the next lower wrong one", () => {
    expect(chooseThresholds(makeRows(rows)).all.threshold).toBeCloseTo((0.61 + 0.6) / 2, 12);
  });

  it("shrinks a class's own threshold towards the common one, and leaves a scarce class that one", () => {
    const { all, classes } = chooseThresholds(makeRows(rows), { precision: 1 });
    // Alone, class 0 would be answered from halfway between its lowest answer and the least that one of three can be.
    const alone = (0.71 + 1 / 3) / 2;
    expect(classes[0]?.threshold).toBeCloseTo(all.threshold + (20 / 40) * (alone - all.threshold), 12);
    expect(classes[1]?.threshold).toBeCloseTo(0.605, 12);
    expect(classes[2]).toMatchObject({ threshold: all.threshold, rows: 5, recall: 1 });
    expect(all).toMatchObject({ precision: 1, recall: 1, rows: 45 });
  });

  it("goes by the weight of background, not by its rows", () => {
    const noise = (count: number, weight: number) => list(count, 0, 0.715, background, weight);
    const choose = (count: number, weight: number) =>
      chooseThresholds(makeRows([...list(20, 0, 0.9), ...noise(count, weight)]), { precision: 0.8 });
    expect(choose(1, 1)).toMatchObject({ all: { precision: 20 / 21 } });
    expect(choose(1, 30).all.threshold).toBeGreaterThan(choose(1, 1).all.threshold);
  });

  it("keeps most of the right answers where background is named as surely", () => {
    const { all, classes } = chooseThresholds(
      makeRows([...list(40, 0, 0.99), ...list(40, 0, 0.9, background)]),
      { precision: 0.95 },
    );
    expect(classes[0]?.recall).toBe(keptFractions.common);
    expect(all.precision).toBeLessThan(0.6); // and says what is to be expected
  });

  it.each([
    ["half of those of a scarce class", 4, keptFractions.scarce],
    ["nine in ten of those of another", 12, keptFractions.common],
  ])("keeps %s, though it is less sure than the others", (_, count, kept) => {
    const sure = list(1, 0, 0.99);
    const noise = list(20, 1, 0.6, background, 3);
    const own = list(count, 1, 0.55);
    const { classes } = chooseThresholds(
      makeRows([...Array.from({ length: 80 }, () => sure).flat(), ...noise, ...own]),
      {
        precision: 0.99,
      },
    );
    expect(classes[1]?.recall).toBeGreaterThanOrEqual(kept);
    expect(classes[1]?.recall).toBeLessThan(1);
  });
});

describe("chooseThresholds where rows may have several classes", () => {
  /** Class 0 is named surely, class 1 never above 0.4; a third of the rows has both, a third none. */
  const rows = Array.from({ length: 120 }, (_, row) => ({
    labels: [[0, 1], [0], []][row % 3] ?? [],
    probabilities: [row % 3 === 2 ? 0.3 : 0.9 - row / 1e4, row % 3 === 0 ? 0.4 - row / 1e4 : 0.1],
  }));
  const input = {
    probabilities: stackRows(rows.map(({ probabilities }) => probabilities)),
    labels: rows.map(({ labels }) => labels),
    weights: rows.map(() => 1),
    labelling: "several",
  } as const;

  it("asks each class by itself, whichever is the most probable", () => {
    const { all, classes } = chooseThresholds(input);
    expect(classes).toMatchObject([
      { precision: 1, recall: 1, rows: 80 },
      { precision: 1, recall: 1, rows: 40 },
    ]);
    expect(classes[1]?.threshold).toBeLessThan(0.39);
    expect(all).toMatchObject({ precision: 1, recall: 1, rows: 120 });
  });

  it("measures precision over all that is named", () => {
    const wrong = { ...input, labels: input.labels.map((own, row) => (row % 12 === 0 ? [1] : own)) };
    const { classes } = chooseThresholds(wrong);
    expect(classes[0]?.precision).toBeCloseTo(70 / 80, 12);
    expect(classes[1]).toMatchObject({ precision: 1, recall: 1 });
  });
});

/** Rows of any kind, the labels no better than chance. */
const drawn = fc.array(
  fc.record({
    top: fc.integer({ min: 0, max: 2 }),
    probability: fc.integer({ min: 34, max: 100 }).map((percent) => percent / 100),
    label: fc.integer({ min: -1, max: 2 }),
    weight: fc.double({ min: 0.1, max: 3, noNaN: true }),
  }),
  { minLength: 1, maxLength: 90 },
);
const goals = fc.oneof(
  fc.constant("best-f1" as const),
  fc.double({ min: 0.3, max: 1, noNaN: true }).map((precision) => ({ precision })),
);

/** What one threshold for all gives, from the definitions; undefined where it keeps too few right answers. */
function score(rows: readonly Row[], threshold: number, goal: ThresholdGoal): number | undefined {
  const named = rows.filter(({ probability }) => probability >= threshold);
  const right = named.filter(({ top, label }) => top === label);
  const allRight = rows.filter(({ top, label }) => top === label);
  if (right.length < Math.ceil(keptFractions.common * allRight.length)) return undefined;
  const weigh = (some: readonly Row[]) => some.reduce((sum, { weight }) => sum + weight, 0);
  if (named.length === 0) return 0;
  if (goal === "best-f1")
    return (2 * weigh(right)) / (weigh(named) + weigh(rows.filter(({ label }) => label >= 0)));
  const precision = weigh(right) / weigh(named);
  return precision >= goal.precision ? 1 + weigh(right) : precision;
}

describe("whatever the rows", () => {
  it("no other common threshold is better", () => {
    fc.assert(
      fc.property(drawn, goals, (rows, goal) => {
        const chosen = score(rows, chooseThresholds(makeRows(rows), goal).all.threshold, goal);
        for (let other = 0.335; other <= 1; other += 0.01)
          expect(chosen).toBeGreaterThanOrEqual((score(rows, other, goal) ?? 0) - 1e-9);
      }),
    );
  });

  it("the fractions of right answers that are to be kept are kept", () => {
    fc.assert(
      fc.property(drawn, goals, (rows, goal) => {
        const { classes } = chooseThresholds(makeRows(rows), goal);
        const countKept = (isOne: (row: Row) => boolean) => {
          const right = rows.filter((row) => row.top === row.label && isOne(row));
          const kept = right.filter(({ top, probability }) => probability >= (classes[top]?.threshold ?? 2));
          return right.length === 0 ? 1 : kept.length / right.length;
        };
        expect(countKept(() => true)).toBeGreaterThanOrEqual(keptFractions.all);
        for (const [label, { rows: count }] of classes.entries())
          expect(countKept(({ top }) => top === label)).toBeGreaterThanOrEqual(
            count < 10 ? keptFractions.scarce : keptFractions.common,
          );
      }),
    );
  });

  it("no threshold falls when a higher precision is wanted", () => {
    fc.assert(
      fc.property(
        drawn,
        fc.uniqueArray(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 2, maxLength: 2 }),
        (rows, wanted) => {
          const [lower, higher] = wanted
            .sort((one, other) => one - other)
            .map((precision) => chooseThresholds(makeRows(rows), { precision }));
          for (const [label, { threshold }] of (lower?.classes ?? []).entries())
            expect(higher?.classes[label]?.threshold).toBeGreaterThanOrEqual(threshold - 1e-12);
        },
      ),
    );
  });
});
