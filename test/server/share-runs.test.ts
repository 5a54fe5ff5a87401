import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { shareRuns } from "../../server/engine/share-runs.ts";

/** Two logits a clip: its first sample, and its length. */
function createCountingScorer() {
  const runs: number[] = [];
  return {
    runs,
    score: async (clips: readonly Float32Array[]) => {
      runs.push(clips.length);
      expect(new Set(clips.map(({ length }) => length)).size).toBe(1);
      await Promise.resolve();
      return Float32Array.from(clips.flatMap((clip) => [clip[0] ?? NaN, clip.length]));
    },
    dispose: () => Promise.resolve(),
  };
}

describe("shareRuns", () => {
  it("gives each call the logits of its own windows, in runs that are never too large", async () => {
    const call = fc.record({ windows: fc.integer({ min: 1, max: 9 }), length: fc.constantFrom(3, 5) });
    await fc.assert(
      fc.asyncProperty(fc.array(call, { minLength: 1, maxLength: 20 }), async (calls) => {
        const scorer = createCountingScorer();
        const shared = shareRuns(scorer, { batchWindows: 4, batchWaitMs: 1 });
        const answers = await Promise.all(
          calls.map(({ windows, length }, index) =>
            shared.score(Array.from({ length: windows }, () => new Float32Array(length).fill(index))),
          ),
        );
        for (const [index, { windows, length }] of calls.entries())
          expect(answers[index]).toEqual(
            Float32Array.from({ length: 2 * windows }, (_, k) => (k % 2 === 0 ? index : length)),
          );
        const large = calls.filter(({ windows }) => windows >= 4).map(({ windows }) => windows);
        expect(scorer.runs.filter((windows) => windows > 4 && !large.includes(windows))).toEqual([]);
      }),
      { numRuns: 50, seed: 31 },
    );
  });

  it("lets windows that come together share a run, and reports a failure to each", async () => {
    const scorer = createCountingScorer();
    const shared = shareRuns(scorer, { batchWindows: 8, batchWaitMs: 5 });
    await Promise.all([1, 2, 3].map(() => shared.score([new Float32Array(3)])));
    expect(scorer.runs).toEqual([3]);
    const failing = shareRuns(
      { ...scorer, score: () => Promise.reject(new Error("no memory")) },
      { batchWindows: 8, batchWaitMs: 5 },
    );
    const ends = await Promise.allSettled([1, 2].map(() => failing.score([new Float32Array(3)])));
    expect(ends.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  });
});
