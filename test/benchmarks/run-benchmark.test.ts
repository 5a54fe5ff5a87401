import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Contestant, Settings } from "../../benchmarks/measure/contestant.ts";
import { findMedian } from "../../benchmarks/measure/find-median.ts";
import { findBestRow } from "../../benchmarks/measure/print-case.ts";
import { runCase } from "../../benchmarks/measure/run-benchmark.ts";

const stub = fileURLToPath(new URL("stub-engine.mjs", import.meta.url));
const options = { rounds: 3, json: true, filter: "", profile: false };

function defineStub(name: string, settings: Settings): Contestant {
  return { name, program: process.execPath, args: [stub], settings };
}

describe("runCase", () => {
  it("compares the medians of the same round, without the one that warms up", async () => {
    const { rows, absent } = await runCase(
      "test",
      {
        title: "stubs",
        ours: [defineStub("ours", { ms: 1 })],
        peers: [defineStub("slow", { ms: 7 }), defineStub("bound: none", { ms: 0 })],
      },
      options,
    );
    expect(absent).toEqual([]);
    expect(rows).toHaveLength(2);
    // Rounds 1 to 3: ours 2, 3, 4 and the slow one 8, 9, 10.
    expect(rows[0]).toMatchObject({
      benchmark: "test",
      case: "stubs",
      subject: "ours",
      peer: "slow",
      unit: "ms",
      ratio: 3 / 9,
      ratioMin: 2 / 8,
      ratioMax: 4 / 10,
      subjectMedian: 3,
      peerMedian: 9,
      versions: { stub: "1.0.0" },
    });
    expect(findBestRow(rows)?.peer).toBe("slow");
  });

  it("lists an engine that cannot start or fails, with the reason, and measures the others", async () => {
    const { rows, absent } = await runCase(
      "test",
      {
        title: "stubs",
        ours: [defineStub("ours", { ms: 1 })],
        peers: [
          defineStub("failing", { fails: true }),
          { ...defineStub("missing", {}), absent: "not installed" },
          { name: "no program", program: "/nowhere/program", args: [], settings: {} },
          defineStub("tired", { ms: 7, failsInRound: 2 }),
          defineStub("slow", { ms: 7 }),
        ],
      },
      options,
    );
    expect(rows.map(({ peer }) => peer)).toEqual(["slow"]);
    expect(absent.map(({ engine }) => engine)).toEqual(["failing", "missing", "no program", "tired"]);
    expect(absent[0]?.reason).toContain("TypeError: no such library");
    expect(absent[1]?.reason).toBe("not installed");
    expect(absent[2]?.reason).toContain("ENOENT");
    expect(absent[3]?.reason).toContain("RangeError: out of memory");
  });
});

it("findMedian halves any list", () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: -1e9, max: 1e9, noNaN: true }), { minLength: 1 }), (numbers) => {
      const median = findMedian(numbers);
      expect(numbers.filter((number) => number < median).length).toBeLessThanOrEqual(numbers.length / 2);
      expect(numbers.filter((number) => number > median).length).toBeLessThanOrEqual(numbers.length / 2);
    }),
  );
});
