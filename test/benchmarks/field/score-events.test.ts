import { spawnSync } from "node:child_process";
import path from "node:path";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { computeF1 } from "../../../report/analysis/field.ts";
import { collarsSeconds } from "../../../run-files/field-file.ts";
import {
  addCounts,
  countEventHits,
  countSegmentHits,
  measureStartErrors,
  type TimedEvent,
} from "../../../benchmarks/field/score-events.ts";
import { createRandom, type Random } from "../../../common/random.ts";
import { sedEval } from "../../../setup/python/environments.ts";
import { isEnvironmentReady } from "../../../setup/python/python-environment.ts";

const labels = ["bark", "sneeze", "rain"];
const soundSeconds = 30;

const makeEvent = (label: string, startSeconds: number, endSeconds: number): TimedEvent => ({
  label,
  startSeconds,
  endSeconds,
});

/** Truth, and found events near to it: some moved by less and some by more than a collar, some of another class. */
function drawSound(random: Random): { truth: TimedEvent[]; found: TimedEvent[] } {
  const drawLabel = (): string => labels[random.integer(labels.length)] ?? "bark";
  const truth = Array.from({ length: random.integer(6) }, () => {
    const start = 25 * random.next();
    return makeEvent(drawLabel(), start, start + 0.2 + 3 * random.next());
  });
  const near = truth.map(({ label, startSeconds, endSeconds }) => {
    const start = Math.max(0, startSeconds + 0.7 * random.normal());
    const end = Math.max(start + 0.1, endSeconds + 0.7 * random.normal());
    return makeEvent(random.next() < 0.8 ? label : drawLabel(), start, end);
  });
  return { truth, found: [...near, makeEvent(drawLabel(), 28, 29.5)].filter(() => random.next() < 0.9) };
}

describe("scores of events", () => {
  it.skipIf(!isEnvironmentReady(sedEval))(
    "are sed_eval's (skipped without `npx tsx setup/python/setup-python.ts sed-eval`)",
    () => {
      const random = createRandom(5, "sed_eval");
      const sounds = Array.from({ length: 60 }, () => drawSound(random)).filter(
        ({ truth, found }) => truth.length > 0 && found.length > 0, // sed_eval fails on empty lists
      );
      const ours = {
        events: collarsSeconds.map((collar) =>
          addCounts(sounds.map(({ truth, found }) => countEventHits(truth, found, collar))),
        ),
        segments: addCounts(
          sounds.map(({ truth, found }) =>
            countSegmentHits(truth, found, { segmentSeconds: 1, soundSeconds }),
          ),
        ),
      };
      const script = path.join(import.meta.dirname, "sed_eval_scores.py");
      const input = JSON.stringify({ labels, sounds, soundSeconds, collars: collarsSeconds });
      const { stdout, stderr } = spawnSync(sedEval.python, [script], { input, encoding: "utf8" });
      expect(z.unknown().parse(JSON.parse(stdout || "null")), stderr).toEqual(ours);
      expect(ours.events[0]?.hits).toBeGreaterThan(ours.events[1]?.hits ?? NaN); // the collars differ
    },
  );

  it("pair as many events as can be, and take an end within half of the length", () => {
    const truth = [makeEvent("bark", 1, 3), makeEvent("bark", 1.5, 3.5)];
    // The first found one fits both, the second only the first.
    const found = [makeEvent("bark", 1.25, 3), makeEvent("bark", 0.8, 2.1)];
    expect(countEventHits(truth, found, 0.25)).toEqual({ truth: 2, found: 2, hits: 2 });
    expect(countEventHits(truth, [makeEvent("bark", 1, 4.1)], 0.25).hits).toBe(0);
    expect(countEventHits(truth, [makeEvent("rain", 1, 3)], 0.25).hits).toBe(0);
    expect(computeF1({ truth: 4, found: 2, hits: 1 })).toBeCloseTo(1 / 3, 12);
  });

  it("measure a start by the nearest found event of the class that overlaps", () => {
    const found = [makeEvent("bark", 1.1, 1.5), makeEvent("bark", 2.7, 4), makeEvent("rain", 0, 9)];
    const errors = measureStartErrors([makeEvent("bark", 1, 3), makeEvent("sneeze", 1, 3)], found);
    expect(errors[0]).toBeCloseTo(0.1, 12);
    expect(errors[1]).toBeUndefined();
  });
});
