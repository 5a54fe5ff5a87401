import { describe, expect, it } from "vitest";
import { describeJump, findFirstJump } from "../../../pipeline/parity/bisect-parity.ts";

const makeLayers = (...relative: number[]) =>
  relative.map((relativeDifference, index) => ({
    layer: `layer${index + 1}`,
    maxAbsoluteDifference: 2 * relativeDifference,
    relativeDifference,
  }));

describe("findFirstJump", () => {
  it("takes slow growth for rounding", () => {
    expect(findFirstJump(makeLayers(2e-7, 8e-7, 3e-6, 6e-6))).toBeUndefined();
  });

  it("finds the layer that broke, not those after it", () => {
    expect(findFirstJump(makeLayers(2e-7, 9e-7, 0.02, 0.3))?.layer).toBe("layer3");
  });

  it("is said with the layer's numbers", () => {
    expect(describeJump(makeLayers(1e-7, 0.5))).toContain("layer2: 1.00e+0 apart, 5.00e-1 of");
    expect(describeJump(makeLayers(1e-7, 2e-7))).toContain("npx earshot export");
  });
});
