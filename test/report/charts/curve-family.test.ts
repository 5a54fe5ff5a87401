import fc from "fast-check";
import { expect, it } from "vitest";
import { thinOut } from "../../../report/charts/curve-family.ts";

const rising = fc
  .array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true })), {
    minLength: 1,
    maxLength: 400,
  })
  .map((pairs) => pairs.map(([x, y]) => ({ x, y })).sort((one, two) => one.x - two.x));

it("keeps the ends, and never strays far from a point that it leaves out", () => {
  fc.assert(
    fc.property(rising, (points) => {
      const kept = thinOut(points, 0.05);
      expect([kept[0], kept.at(-1)]).toEqual([points[0], points.at(-1)]);
      for (const { x, y } of points) {
        const nearest = Math.min(...kept.map((other) => Math.abs(other.x - x) + Math.abs(other.y - y)));
        expect(nearest).toBeLessThan(0.05);
      }
    }),
  );
});

it("keeps the steep beginning of a curve whose points crowd at its end", () => {
  const start = Array.from({ length: 20 }, (_, index) => ({ x: index / 20, y: 1 - index / 40 }));
  const crowd = Array.from({ length: 5000 }, (_, index) => ({ x: 0.95 + index / 100_000, y: 0.1 }));
  expect(thinOut([...start, ...crowd]).filter(({ x }) => x < 0.95).length).toBeGreaterThanOrEqual(19);
});
