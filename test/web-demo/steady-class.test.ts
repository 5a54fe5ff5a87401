import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SteadyClass } from "../../web-demo/microphone/steady-class.ts";

const stepSeconds = 0.25;

/** What the headline names after each answer, the most probable of two classes at 0.9 each time, or none. */
function follow(classes: readonly (number | undefined)[]): (number | undefined)[] {
  const steady = new SteadyClass();
  return classes.map((top, index) => {
    const probabilities = Float32Array.of(top === 0 ? 0.9 : 0.3, top === 1 ? 0.9 : 0.3);
    const endSeconds = (index + 1) * stepSeconds;
    return steady.push({ startSeconds: endSeconds - stepSeconds, endSeconds, probabilities }, [0.6, 0.6]);
  });
}

describe("the live headline", () => {
  it.each([
    ["names the first class immediately", [undefined, 0], [undefined, 0]],
    ["stays while two take turns", [0, 1, 0, 1, 0, 1], [0, 0, 0, 0, 0, 0]],
    ["changes after a second of another", [0, 1, 1, 1, 1, 1], [0, 0, 0, 0, 1, 1]],
    [
      "names none after a second of none",
      [0, undefined, undefined, undefined, undefined],
      [0, 0, 0, 0, undefined],
    ],
  ])("%s", (_, classes, expected) => {
    expect(follow(classes)).toEqual(expected);
  });

  it("changes from a class to another at most once a second, and never to one that is not the answer", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(0, 1, undefined), { maxLength: 60 }), (classes) => {
        const shown = follow(classes);
        let since = 0;
        for (const [index, name] of shown.entries()) {
          const before = shown[index - 1];
          if (index === 0 || name === before) continue;
          expect(name).toBe(classes[index]);
          if (before !== undefined) expect(index - since).toBeGreaterThanOrEqual(1 / stepSeconds);
          since = index;
        }
      }),
    );
  });
});
