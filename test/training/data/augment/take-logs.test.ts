import fc from "fast-check";
import { expect, it } from "vitest";
import { takeLogs } from "../../../../training/data/augment/take-logs.ts";

const atLeastOne = fc.float({ min: 1, noNaN: true, noDefaultInfinity: true });

it("is Math.log to a float32's last bit, from 1 to the largest number", () => {
  fc.assert(
    fc.property(
      fc.float32Array({ min: 1, noNaN: true, noDefaultInfinity: true, minLength: 1 }),
      (numbers) => {
        const taken = numbers.slice();
        takeLogs(taken);
        numbers.forEach((number, index) => {
          const expected = Math.log(number);
          expect(Math.abs((taken[index] ?? NaN) - expected)).toBeLessThanOrEqual(1e-13 + expected * 2 ** -24);
        });
      },
    ),
  );
});

it("takes a part of a larger buffer and leaves the rest", () => {
  fc.assert(
    fc.property(fc.array(atLeastOne, { minLength: 3, maxLength: 9 }), (numbers) => {
      const whole = Float32Array.from(numbers);
      takeLogs(whole.subarray(1, -1));
      expect([whole[0], whole.at(-1)]).toEqual([numbers[0], numbers.at(-1)]);
    }),
  );
});
