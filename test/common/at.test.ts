import { expect, it } from "vitest";
import { at } from "../../common/at.ts";

it("reads arrays and typed arrays, from either end", () => {
  expect(at(["a", "b"], 0)).toBe("a");
  expect(at(new Float32Array([1, 2]), -1)).toBe(2);
  expect(at<string | undefined>([undefined], 0)).toBeUndefined();
});

it.each([2, -3, 0.5, Number.NaN])("refuses the index %s of two values", (index) => {
  const read = (): number => at([1, 2], index);
  expect(read).toThrow(`expected an index from 0 to 1, got ${index}`);
});
