import { describe, expect, it } from "vitest";
import type { TimelineEntry } from "../../../runtime/timeline/score-timeline.ts";
import { EventTracker } from "../../../runtime/timeline/track-events.ts";

describe("EventTracker", () => {
  const toEntries = (probabilities: readonly number[]): TimelineEntry[] =>
    probabilities.map((probability, index) => ({
      startSeconds: index,
      endSeconds: index + 1,
      label: "a",
      confidence: probability,
      named: ["a"],
      rejected: false,
      probabilities: Float64Array.of(probability, 1 - probability),
    }));
  const track = (probabilities: readonly number[], options = {}) => {
    const tracker = new EventTracker({ labels: ["a", "b"] }, { thresholds: { a: 0.6, b: 1 }, ...options });
    return [...toEntries(probabilities).flatMap((entry) => tracker.push(entry)), ...tracker.flush()];
  };

  it("begins at the threshold and ends below its release", () => {
    expect(track([0.5, 0.6, 0.5, 0.49, 0.47, 0.9])).toEqual([
      {
        label: "a",
        startSeconds: 1,
        endSeconds: 4,
        confidence: (0.6 + 0.5 + 0.49) / 3,
      },
      { label: "a", startSeconds: 5, endSeconds: 6, confidence: 0.9 },
    ]);
    expect(track([0.5, 0.6, 0.5, 0.9], { releaseFraction: 1 })).toHaveLength(2);
  });

  it("drops events shorter than the minimum", () => {
    expect(track([0.9, 0, 0.9, 0.9, 0], { minimumSeconds: 2 })).toEqual([
      { label: "a", startSeconds: 2, endSeconds: 4, confidence: 0.9 },
    ]);
  });

  it("goes on after a gap shorter than the longest, in the order of the ends", () => {
    const gaps = [0.9, 0, 0.9, 0, 0, 0.9];
    expect(track(gaps, { maxGapSeconds: 1.5 }).filter(({ label }) => label === "a")).toEqual([
      { label: "a", startSeconds: 0, endSeconds: 3, confidence: 0.9 },
      { label: "a", startSeconds: 5, endSeconds: 6, confidence: 0.9 },
    ]);
    expect(track(gaps, { maxGapSeconds: 0 }).filter(({ label }) => label === "a")).toHaveLength(3);
    expect(track([0.9, 0, 0, 1], { thresholds: 0.6, maxGapSeconds: 10 })).toMatchObject([
      { label: "b", startSeconds: 1, endSeconds: 3 },
      { label: "a", startSeconds: 0, endSeconds: 4 },
    ]);
  });

  it("smooths over the past", () => {
    const events = track([0, 1, 0, 1, 1, 0.4, 0], { smoothingSeconds: 2 });
    expect(events.filter(({ label }) => label === "a").map(({ startSeconds }) => startSeconds)).toEqual([4]);
  });

  it("lists every bad option at once", () => {
    expect(
      () =>
        new EventTracker(
          { labels: ["a", "b"] },
          {
            thresholds: { a: 2, c: 0.5 },
            releaseFraction: -1,
            minimumSeconds: NaN,
            maxGapSeconds: -1,
          },
        ),
    ).toThrow(
      [
        "thresholds: expected a label of the model (a, b), got c",
        "a: expected 0 to 1, got 2",
        "releaseFraction: expected 0 to 1, got -1",
        "maxGapSeconds: expected seconds from 0, got -1",
        "minimumSeconds: expected seconds from 0, got NaN",
      ].join("\n"),
    );
  });
});
