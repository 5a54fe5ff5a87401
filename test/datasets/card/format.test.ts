import { expect, it } from "vitest";
import { formatDuration } from "../../../datasets/card/format.ts";

it.each([
  [0.205, "0.2 s"],
  [3.2, "3.2 s"],
  [59, "59 s"],
  [119.98, "2 min 0 s"],
  [245, "4 min 5 s"],
  [3599.7, "1 h 0 min"],
  [9960, "2 h 46 min"],
])("formatDuration(%d) is %s", (seconds, text) => {
  expect(formatDuration(seconds)).toBe(text);
});
