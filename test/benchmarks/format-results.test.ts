import { expect, it } from "vitest";
import { drawBar, formatResults } from "../../benchmarks/measure/format-results.ts";
import type { Row } from "../../benchmarks/measure/row.ts";

const row: Row = {
  benchmark: "decode",
  case: "400 clips",
  subject: "earshot",
  peer: "soundfile",
  ratio: 1.2,
  ratioMin: 1.1,
  ratioMax: 1.3,
  unit: "ms",
  subjectMedian: 1200,
  peerMedian: 1000,
  versions: { soundfile: "0.14.0" },
};

it("holds the best peer to the benchmark's target, and lists what was absent", () => {
  const page = formatResults({
    rows: [row, { ...row, peer: "ffmpeg", ratio: 0.3, ratioMin: 0.2, ratioMax: 0.4, peerMedian: 4000 }],
    absent: [{ benchmark: "decode", case: "400 clips", engine: "sox", reason: "not installed" }],
    machines: { decode: "a machine" },
    growth: [],
  });
  expect(page).toContain(
    "| 400 clips | earshot | **soundfile** | 1200 ms | 1000 ms | 1.2 (1.1 to 1.3) | ████████████ | 1.5: reached |",
  );
  expect(page).toContain(
    "| 400 clips | earshot | ffmpeg | 1200 ms | 4000 ms | 0.30 (0.20 to 0.40) | ███ |  |",
  );
  expect(page).toContain("a machine; soundfile 0.14.0.");
  expect(page).toContain("- decode, 400 clips: sox: not installed");
});

it("says where a target is missed", () => {
  const page = formatResults({ rows: [{ ...row, ratio: 1.6 }], absent: [], machines: {}, growth: [] });
  expect(page).toContain("1.5: missed");
});

it("calls a target undecided when the rounds lie on both sides of the peer", () => {
  const crossing = { ...row, ratio: 0.97, ratioMin: 0.9, ratioMax: 1.05 };
  const page = formatResults({ rows: [crossing], absent: [], machines: {}, growth: [] });
  expect(page).toContain("1.5: undecided");
});

it("says what ours and the peers reach of a bound", () => {
  const bound = { ...row, peer: "bound: none", peerMedian: 600 };
  const page = formatResults({ rows: [row, bound], absent: [], machines: {}, growth: [] });
  expect(page).toContain("| 400 clips | earshot 50 %, soundfile 60 % |");
});

it("draws ten blocks for the peer, and cuts at two peers", () => {
  expect(drawBar(1)).toBe("█".repeat(10));
  expect(drawBar(0.001)).toBe("▏");
  expect(drawBar(9)).toBe(`${"█".repeat(20)}…`);
});
