import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { createRandom } from "../../common/random.ts";

const draws = 100_000;

function draw<Value>(count: number, produce: () => Value): Value[] {
  return Array.from({ length: count }, () => produce());
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function correlate(first: readonly number[], second: readonly number[]): number {
  const products = first.map((value, index) => (value - 0.5) * ((second[index] ?? 0) - 0.5));
  return meanOf(products) * 12; // a uniform variable has variance 1/12
}

describe("createRandom", () => {
  it("is uniform: chi-square over 100 bins, and serially uncorrelated", () => {
    const random = createRandom(1, "uniform");
    const values = draw(draws, random.next);
    const bins = new Array<number>(100).fill(0);
    for (const value of values) {
      const bin = Math.floor(value * 100);
      bins[bin] = (bins[bin] ?? 0) + 1;
    }
    const chiSquare = bins.reduce((sum, count) => sum + (count - draws / 100) ** 2 / (draws / 100), 0);
    expect(chiSquare).toBeGreaterThan(50); // 99 degrees of freedom: 0.001 % to 99.999 %
    expect(chiSquare).toBeLessThan(170);
    expect(Math.abs(correlate(values.slice(0, -1), values.slice(1)))).toBeLessThan(0.015);
  });

  it.each([
    ["another stream", 1, "b"],
    ["the next seed", 2, "a"],
    ["a negative seed", -1, "a"],
  ])("shares nothing with %s", (_title, seed, stream) => {
    const first = draw(draws, createRandom(1, "a").next);
    const second = draw(draws, createRandom(seed, stream).next);
    expect(first.slice(0, 4)).not.toEqual(second.slice(0, 4));
    expect(Math.abs(correlate(first, second))).toBeLessThan(0.015);
  });

  it("gives these numbers for ever (checkpoints and the synthetic set rely on them)", () => {
    const random = createRandom(7, "golden");
    expect(draw(3, () => random.integer(1_000_000))).toMatchInlineSnapshot(`
      [
        775493,
        214822,
        773684,
      ]
    `);
  });

  it("is normal: mean, deviation, kurtosis and the share beyond two deviations", () => {
    const values = draw(draws, createRandom(1, "normal").normal);
    expect(Math.abs(meanOf(values))).toBeLessThan(0.015);
    expect(meanOf(values.map((value) => value ** 2))).toBeCloseTo(1, 1);
    expect(meanOf(values.map((value) => value ** 4))).toBeCloseTo(3, 0);
    expect(values.filter((value) => Math.abs(value) > 2).length / draws).toBeCloseTo(0.0455, 2);
  });

  it("draws every integer below the bound equally often", () => {
    const random = createRandom(1, "integer");
    const counts = [0, 0, 0, 0, 0, 0, 0];
    for (const value of draw(70_000, () => random.integer(7))) counts[value] = (counts[value] ?? 0) + 1;
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(400);
  });

  it.each([0, -1, 1.5, Number.NaN, 2 ** 33])("refuses integer(%d)", (below) => {
    expect(() => createRandom(1, "x").integer(below)).toThrow(RangeError);
  });

  it("shuffles to a permutation, every first place equally likely", () => {
    const random = createRandom(1, "shuffle");
    fc.assert(
      fc.property(fc.array(fc.option(fc.nat(), { nil: undefined })), (items) => {
        const before = [...items].sort();
        expect(random.shuffle(items).sort()).toEqual(before);
      }),
    );
    const firsts = [0, 0, 0, 0];
    for (let round = 0; round < 40_000; round++) {
      const first = random.shuffle([0, 1, 2, 3])[0] ?? 0;
      firsts[first] = (firsts[first] ?? 0) + 1;
    }
    for (const count of firsts) expect(Math.abs(count - 10_000)).toBeLessThan(400);
  });

  it("continues from a saved state, also through JSON", () => {
    fc.assert(
      fc.property(fc.integer(), fc.string(), fc.nat(50), (seed, stream, skipped) => {
        const random = createRandom(seed, stream);
        draw(skipped, random.normal);
        const text = JSON.stringify(random.state());
        const expected = draw(5, random.next);
        const later = createRandom(0, "other");
        later.restore(z.array(z.number()).parse(JSON.parse(text)));
        expect(draw(5, later.next)).toEqual(expected);
      }),
    );
  });

  it.each([[[]], [[1, 2, 3]], [[1, 2, 3, -1]], [[1, 2, 3, 0.5]], [[1, 2, 3, 2 ** 32]]])(
    "refuses the state %j",
    (state) => {
      expect(() => {
        createRandom(1, "x").restore(state);
      }).toThrow("four unsigned 32-bit integers");
    },
  );
});
