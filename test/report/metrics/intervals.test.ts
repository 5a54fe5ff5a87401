import { describe, expect, it } from "vitest";
import { boundFraction } from "../../../common/bound-fraction.ts";
import { bootstrap } from "../../../report/metrics/intervals.ts";

describe("bootstrap", () => {
  const values = Array.from({ length: 1000 }, (_, index) => (index < 700 ? 1 : 0));
  const measureMean = (indices: Uint32Array) => [
    indices.reduce((sum, index) => sum + (values[index] ?? 0), 0) / indices.length,
    null,
  ];

  it("comes near the normal interval of a mean", () => {
    const [interval] = bootstrap(1000, measureMean, { resamples: 2000, seed: 0 });
    const deviation = Math.sqrt((0.7 * 0.3) / 1000);
    expect(interval?.low).toBeCloseTo(0.7 - 1.96 * deviation, 2);
    expect(interval?.high).toBeCloseTo(0.7 + 1.96 * deviation, 2);
  });

  it("leaves a statistic that is never defined undefined", () => {
    expect(bootstrap(1000, measureMean, { resamples: 10, seed: 0 })[1]).toBeNull();
  });

  it("gives the same interval for the same seed", () => {
    const options = { resamples: 50, seed: 3 };
    expect(bootstrap(1000, measureMean, options)).toEqual(bootstrap(1000, measureMean, options));
    expect(bootstrap(1000, measureMean, options)).not.toEqual(
      bootstrap(1000, measureMean, { ...options, seed: 4 }),
    );
  });
});

describe("boundFraction", () => {
  it("stays inside 0 to 1 and open where all clips are right", () => {
    expect(boundFraction(80, 80)?.high).toBeCloseTo(1, 12);
    expect(boundFraction(80, 80)?.low).toBeLessThan(0.96);
  });

  it("is undefined without clips", () => {
    expect(boundFraction(0, 0)).toBeNull();
  });
});
