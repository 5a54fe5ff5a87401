import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { UserError } from "../../common/user-error.ts";

const maxLineCharacters = 400;
const maxLines = 80;

describe("the message of a UserError", () => {
  it("is what was said, where that is short", () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ maxLength: 100 }), { maxLength: 20, minLength: 1 }),
        (lines) => new UserError(lines.join("\n")).message === lines.join("\n"),
      ),
    );
  });

  it("has no long line and no long list, and keeps subject and remedy", () => {
    const line = fc.string({ maxLength: 2000 });
    fc.assert(
      fc.property(fc.array(line, { maxLength: 300 }), line, (list, path) => {
        const lines = [`${path}: expected sound`, ...list, `got none; --layout names ${path} it`];
        const found = new UserError(lines.join("\n")).message.split("\n");
        expect(found.length).toBeLessThanOrEqual(maxLines);
        for (const one of found) expect(one.length).toBeLessThanOrEqual(maxLineCharacters);
        expect(found[0]?.slice(0, 40)).toBe(lines[0]?.split("\n")[0]?.slice(0, 40));
        expect(found.at(-1)?.slice(-4)).toMatch(/ it$| more$/);
      }),
      { numRuns: 50 },
    );
  });

  it("counts the lines that are left out", () => {
    const lines = Array.from({ length: 1000 }, (_, index) => `${index}`);
    expect(new UserError(lines.join("\n")).message.split("\n").slice(-2)).toEqual(["78", "and 921 more"]);
  });
});
