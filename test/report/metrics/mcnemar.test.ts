import fc from "fast-check";
import { expect, it } from "vitest";
import { compareByMcNemar } from "../../../report/metrics/mcnemar.ts";

it("gives the exact two-sided binomial chance", () => {
  fc.assert(
    fc.property(
      fc.nat({ max: 60 }),
      fc.nat({ max: 60 }),
      fc.nat({ max: 20 }),
      (onlyFirst, onlySecond, both) => {
        const { first, second } = makeRuns(onlyFirst, onlySecond, both);
        const result = compareByMcNemar(first, second);
        expect(result).toMatchObject({ onlyFirst, onlySecond });
        expect(result.pValue).toBeCloseTo(countExactly(onlyFirst, onlySecond), 12);
      },
    ),
  );
});

it("does not underflow on thousands of differing clips", () => {
  const { first, second } = makeRuns(1600, 1500, 0);
  // SciPy 1.17: binomtest(1500, 3100, 0.5).pvalue
  expect(compareByMcNemar(first, second).pValue).toBeCloseTo(0.07537169707532, 10);
});

it("finds no difference where there is none", () => {
  expect(compareByMcNemar([true, false], [true, false])).toEqual({ onlyFirst: 0, onlySecond: 0, pValue: 1 });
});

it("refuses runs on different clips", () => {
  expect(() => compareByMcNemar([true], [])).toThrow("expected the same clips twice, got 1 and 0");
});

function makeRuns(onlyFirst: number, onlySecond: number, both: number) {
  const first = [...fill(true, onlyFirst), ...fill(false, onlySecond), ...fill(true, both)];
  const second = [...fill(false, onlyFirst), ...fill(true, onlySecond), ...fill(true, both)];
  return { first, second };
}

function fill(value: boolean, length: number): boolean[] {
  return new Array<boolean>(length).fill(value);
}

/** 2 (C(n, 0) + ... + C(n, min)) / 2^n in whole numbers. */
function countExactly(onlyFirst: number, onlySecond: number): number {
  const flips = BigInt(onlyFirst + onlySecond);
  let ways = 1n;
  let sum = 1n;
  for (let heads = 1n; heads <= BigInt(Math.min(onlyFirst, onlySecond)); heads++) {
    ways = (ways * (flips - heads + 1n)) / heads;
    sum += ways;
  }
  return Math.min(1, Number((2n * sum * 10n ** 15n) / 2n ** flips) / 1e15);
}
