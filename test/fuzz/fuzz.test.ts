import { describe, expect, it } from "vitest";
import { at } from "../../common/at.ts";
import { decodeTarget } from "./decode-target.ts";
import type { FuzzTarget } from "./fuzz-target.ts";
import { layoutsTarget } from "./layouts-target.ts";
import { runInput } from "./make-input.ts";

/** The same inputs at every run; `npm run fuzz` goes on with others for as long as it is given. */
const seed = 1;

async function countOutcomes<Input>(target: FuzzTarget<Input>, inputs: number) {
  const seeds = await target.loadSeeds();
  const faults: string[] = [];
  const counts = { accepted: 0, refused: 0, faults };
  for (let index = 0; index < inputs; index++) {
    const outcome = await runInput(target, seeds, seed, index);
    if (outcome.kind === "fault") faults.push(`input ${index}: ${outcome.problem}`);
    else counts[outcome.kind]++;
  }
  return counts;
}

describe("fuzzing", () => {
  it("finds no fault in damaged sound files", async () => {
    const { accepted, refused, faults } = await countOutcomes(decodeTarget, 700);
    expect(faults).toEqual([]);
    expect(accepted).toBeGreaterThan(20);
    expect(refused).toBeGreaterThan(200);
  });

  it("finds no fault in folders of sounds", async () => {
    const { accepted, refused, faults } = await countOutcomes(layoutsTarget, 150);
    expect(faults).toEqual([]);
    expect(accepted).toBeGreaterThan(20);
    expect(refused).toBeGreaterThan(20);
  });

  it("reports what a target throws as a fault, with its place", async () => {
    const target: FuzzTarget<string> = {
      ...decodeTarget,
      loadSeeds: () => Promise.resolve(["a"]),
      mutate: (text) => text,
      run: () => Promise.reject(new TypeError("no sound")),
      writeFiles: () => [],
    };
    const { faults } = await countOutcomes(target, 1);
    expect(faults).toEqual([
      expect.stringMatching(/^input 0: threw TypeError: no sound at .*fuzz\.test\.ts/),
    ]);
    const unable: FuzzTarget<string> = { ...target, mutate: () => at([], 0) };
    expect((await countOutcomes(unable, 1)).faults).toEqual([
      expect.stringMatching(/^input 0: threw RangeError: /),
    ]);
  });
});
