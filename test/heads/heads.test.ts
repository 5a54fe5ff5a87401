import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRandom } from "../../common/random.ts";
import { compressRows } from "../../heads/compress-rows.ts";
import { dealFolds } from "../../heads/deal-folds.ts";
import { findLabelErrors } from "../../heads/label-errors.ts";
import { scoreRows } from "../../heads/linear-head.ts";
import { type Matrix, multiplyByTransposed, normaliseRows, stackRows, viewRow } from "../../heads/matrix.ts";
import { findNearest } from "../../heads/nearest-neighbours.ts";
import { poolWindows } from "../../heads/pool-windows.ts";
import { sigmoid } from "../../common/labelling.ts";
import { fitSigmoidTemperature, fitTemperature, toProbabilities } from "../../heads/temperature.ts";
import { trainLabelSetHead } from "../../heads/train-label-sets.ts";
import { headKinds, trainHead } from "../../heads/train-head.ts";

const drawMatrix = (rows: number, columns: number, name: string): Matrix => {
  const random = createRandom(rows, name);
  return { rows, columns, values: Float64Array.from({ length: rows * columns }, () => random.normal()) };
};

const findTop = (row: Float64Array): number => row.indexOf(Math.max(...row));

describe("compressRows", () => {
  it("keeps inner products, and weights expand to the same scores, of rows that depend on each other too", () => {
    const free = drawMatrix(6, 40, "compress");
    const rows = stackRows([...Array(6).keys()].map((row) => viewRow(free, row)).concat([viewRow(free, 2)]));
    const { rows: compressed, expand } = compressRows(rows);
    expect(compressed.columns).toBe(6);
    const products = multiplyByTransposed(compressed, compressed).values;
    multiplyByTransposed(rows, rows).values.forEach((value, index) => {
      expect(products[index]).toBeCloseTo(value, 9);
    });
    const weights = drawMatrix(3, 6, "weights");
    const bias = new Float64Array(3);
    const scores = scoreRows({ weights, bias }, compressed).values;
    scoreRows({ weights: expand(weights), bias }, rows).values.forEach((value, index) => {
      expect(value).toBeCloseTo(scores[index] ?? NaN, 9);
    });
  });
});

describe("dealFolds", () => {
  it("never splits a recording, leaves every class to train on, and spreads classes evenly", () => {
    const clips = fc
      .record({
        classes: fc.integer({ min: 2, max: 4 }),
        groups: fc.integer({ min: 2, max: 6 }),
        seed: fc.nat(),
      })
      .map(({ classes, groups, seed }) => {
        const labels = Array.from({ length: classes * groups * 2 }, (_, item) => item % classes);
        return {
          classes,
          seed,
          labels,
          groups: labels.map((label, item) => `${label} ${Math.floor(item / classes) % groups}`),
        };
      });
    fc.assert(
      fc.property(clips, ({ seed, ...given }) => {
        const foldOf = dealFolds(given, 4, createRandom(seed, "deal"));
        const foldsOfGroup = new Map<string, Set<number>>();
        given.groups.forEach((group, item) => {
          foldsOfGroup.set(group, (foldsOfGroup.get(group) ?? new Set()).add(foldOf[item] ?? -1));
        });
        expect([...foldsOfGroup.values()].every(({ size }) => size === 1)).toBe(true);
        for (const fold of new Set(foldOf)) {
          const trained = new Set(given.labels.filter((_, item) => foldOf[item] !== fold));
          expect(trained.size).toBe(given.classes);
        }
      }),
      { numRuns: 50 },
    );
  });

  it("refuses a class of one recording, by its number", () => {
    const clips = { labels: [0, 0, 1, 1], groups: ["a", "b", "c", "c"], classes: 2 };
    expect(() => dealFolds(clips, 5, createRandom(0, "deal"))).toThrow(
      "class 1: expected at least 2 recordings, got 1",
    );
  });
});

describe("trainHead", () => {
  const labels = Array.from({ length: 60 }, (_, row) => row % 3);
  const rows = drawMatrix(60, 100, "clips");
  const shifted = {
    ...rows,
    values: rows.values.map((value, index) =>
      index % 100 === (labels[Math.floor(index / 100)] ?? NaN) ? value + 6 : value,
    ),
  };
  const clips = { rows: shifted, labels, classes: 3, groups: labels.map((_, row) => String(row)) };

  it.each(headKinds)("%s learns classes that differ", (kind) => {
    const trained = trainHead(clips, { kind });
    const scores = scoreRows(trained.head, normaliseRows(shifted));
    const hits = labels.filter((label, row) => findTop(viewRow(scores, row)) === label);
    expect(hits.length).toBeGreaterThan(54);
    const unseen = trained.unseenLogits;
    if (unseen === undefined) throw new Error("expected logits of rows not trained on");
    expect(labels.filter((label, row) => findTop(viewRow(unseen, row)) === label).length).toBeGreaterThan(45);
  });

  it("is the same to the bit for the same seed", () => {
    expect(trainHead(clips, { seed: 3 }).head).toEqual(trainHead(clips, { seed: 3 }).head);
  });

  it("takes one clip a class, where nothing can be tested", () => {
    const three = {
      rows: stackRows([0, 1, 2].map((row) => viewRow(shifted, row))),
      labels: [0, 1, 2],
      classes: 3,
    };
    const trained = trainHead({ ...three, groups: ["a", "b", "c"] });
    expect(trained).toMatchObject({ temperature: 1, unseenLogits: undefined });
  });

  it("refuses a class without clips", () => {
    expect(() => trainHead({ ...clips, classes: 4 })).toThrow("expected clips of every class");
  });
});

describe("trainLabelSetHead", () => {
  const classes = 3;
  const drawSets = (rows: number, name: string) => {
    const random = createRandom(rows, name);
    return Array.from({ length: rows }, () => [0, 1, 2].filter(() => random.next() < 0.4));
  };
  /** A class shifts a column of its own. */
  const drawClips = (name: string) => {
    const labels = drawSets(90, name);
    const rows = drawMatrix(90, 40, name);
    for (const [row, own] of labels.entries()) for (const label of own) viewRow(rows, row)[label] = 6;
    return { rows, labels, classes, groups: labels.map((_, row) => String(row)) };
  };

  it("names all classes of rows that it does not know, several or none, and background of none", () => {
    const clips = drawClips("known");
    const background = drawMatrix(30, 40, "background");
    const trained = trainLabelSetHead({ ...clips, background });
    const isRight = (logits: Matrix, labels: readonly (readonly number[])[]) =>
      labels.filter((own, row) =>
        viewRow(logits, row).every((logit, label) => logit > 0 === own.includes(label)),
      ).length / labels.length;
    const unknown = drawClips("unknown");
    const score = (rows: Matrix) => scoreRows(trained.head, normaliseRows(rows));
    expect(isRight(score(unknown.rows), unknown.labels)).toBeGreaterThan(0.85);
    expect(
      isRight(
        score(drawMatrix(50, 40, "other")),
        drawSets(50, "").map(() => []),
      ),
    ).toBeGreaterThan(0.85);
    const { unseenLogits } = trained;
    if (unseenLogits === undefined) throw new Error("expected logits of rows not trained on");
    expect(isRight(unseenLogits, clips.labels)).toBeGreaterThan(0.8);
    // Calibrated: no other temperature is better on the rows that it was found by.
    expect(fitSigmoidTemperature(unseenLogits, clips.labels)).toBeCloseTo(1, 2);
    expect(() => trainLabelSetHead({ ...clips, classes: 4 })).toThrow("expected clips of every class");
  });
});

describe("fitTemperature", () => {
  it("finds the factor by which logits were made too sure", () => {
    const random = createRandom(1, "temperature");
    const logits = drawMatrix(4000, 3, "logits");
    const probabilities = toProbabilities(logits);
    const labels = Array.from({ length: logits.rows }, (_, row) => {
      const draw = random.next();
      const [first = 0, second = 0] = viewRow(probabilities, row);
      return draw < first ? 0 : draw < first + second ? 1 : 2;
    });
    const sure = { ...logits, values: logits.values.map((logit) => 4 * logit) };
    expect(fitTemperature(sure, labels)).toBeCloseTo(4, 0);
  });
});

describe("fitSigmoidTemperature", () => {
  it("finds the factor by which logits were made too sure, where rows have any number of classes", () => {
    const random = createRandom(1, "sigmoids");
    const logits = drawMatrix(2000, 3, "logits");
    const labels = Array.from({ length: logits.rows }, (_, row) =>
      [...viewRow(logits, row).entries()].flatMap(([label, logit]) =>
        random.next() < sigmoid(logit) ? [label] : [],
      ),
    );
    const sure = { ...logits, values: logits.values.map((logit) => 4 * logit) };
    expect(Math.abs(fitSigmoidTemperature(sure, labels) - 4)).toBeLessThan(0.3);
  });
});

describe("small parts", () => {
  it("findLabelErrors names the clip whose label was changed, and no other", () => {
    const rows = [0, 1, 2, 3, 4, 5].map((row) => (row < 3 ? [0.9, 0.1] : [0.2, 0.8]));
    const errors = findLabelErrors(stackRows(rows), [0, 0, 1, 1, 1, 1]);
    expect(errors.map(({ index, suggested }) => ({ index, suggested }))).toEqual([
      { index: 2, suggested: 0 },
    ]);
  });

  it("findNearest ranks by angle, not by length", () => {
    const known = stackRows([
      [1, 0],
      [10, 10],
      [0, 1],
    ]);
    expect(findNearest(known, Float64Array.of(2, 2.1), 2).map(({ index }) => index)).toEqual([1, 2]);
  });

  it.each([
    ["mean", [2, 3]],
    ["max", [3, 4]],
    ["mean-max", [2, 3, 3, 4]],
  ] as const)("poolWindows: %s", (pooling, expected) => {
    expect([
      ...poolWindows(
        stackRows([
          [1, 4],
          [3, 2],
        ]),
        pooling,
      ),
    ]).toEqual(expected);
  });
});
