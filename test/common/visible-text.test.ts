import fc from "fast-check";
import { expect, it } from "vitest";
import { formatCsvRow } from "../../common/format-csv.ts";
import { makeLinesVisible, makeVisible } from "../../common/visible-text.ts";

it.each([
  ["dog\u001b[31m", String.raw`dog\x1b[31m`],
  ["a\nb\tc\r", String.raw`a\nb\tc\r`],
  ["\u009b2J", String.raw`\x9b2J`],
  ["gpj.\u202eexe", String.raw`gpj.\u202eexe`],
  ["Hund, groß 鳥 🐶", "Hund, groß 鳥 🐶"],
])("makeVisible(%j) is %j", (text, expected) => {
  expect(makeVisible(text)).toBe(expected);
});

it("leaves no control character, whatever the text, and lines as they are", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      expect(makeVisible(text)).not.toMatch(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/u);
      expect(makeLinesVisible(text)).not.toMatch(/[^\P{Cc}\n\t]/u);
      expect(makeLinesVisible(text).split("\n")).toHaveLength(text.split("\n").length);
    }),
  );
});

it.each([
  ["=HYPERLINK(1)", "'=HYPERLINK(1)"],
  ["+cmd", "'+cmd"],
  ["-dog", "'-dog"],
  ["@SUM(A1)", "'@SUM(A1)"],
  ['=1,"a"', `"'=1,""a"""`],
  ["-0.5", "-0.5"],
  ["+1e-3", "+1e-3"],
  ["dog=1", "dog=1"],
  ["a,b", '"a,b"'],
  ["a\nb", '"a\nb"'],
])("formatCsvRow([%j]) is %j", (field, expected) => {
  expect(formatCsvRow([field])).toBe(expected);
});
