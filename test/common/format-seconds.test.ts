import { expect, it } from "vitest";
import { formatSeconds } from "../../common/format-seconds.ts";

it.each([
  [0, "0 s"],
  [0.205, "0.2 s"],
  [3.2, "3.2 s"],
  [9.96, "10 s"],
  [59, "59 s"],
  [59.4, "59 s"],
  [59.6, "1 min 0 s"],
  [119.7, "2 min 0 s"],
  [119.98, "2 min 0 s"],
  [245, "4 min 5 s"],
  [3599.7, "1 h 0 min"],
  [7199.6, "2 h 0 min"],
  [9960, "2 h 46 min"],
  [NaN, "…"],
  [Infinity, "…"],
])("formatSeconds(%d) is %s", (seconds, text) => {
  expect(formatSeconds(seconds)).toBe(text);
});
