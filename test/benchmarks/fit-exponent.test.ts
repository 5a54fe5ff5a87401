import fc from "fast-check";
import { expect, it } from "vitest";
import { fitExponent } from "../../benchmarks/growth/fit-exponent.ts";

it("finds the exponent of a power law", () => {
  fc.assert(
    fc.property(
      fc.double({ min: -2, max: 3, noNaN: true }),
      fc.double({ min: 0.01, max: 100, noNaN: true }),
      (exponent, factor) => {
        const points = [1, 10, 50, 1000].map((size) => ({ size, cost: factor * size ** exponent }));
        expect(fitExponent(points)).toBeCloseTo(exponent, 8);
      },
    ),
  );
});
