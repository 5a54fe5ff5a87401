import { expect, it, vi } from "vitest";
import { sweepKills } from "./kill-sweep.ts";

vi.setConfig({ testTimeout: 240_000 });

it("goes on to the same bits, wherever among its file operations a training was stopped", async () => {
  // Every seventh; all of them: npx tsx test/faults/kill-sweep.ts onnxruntime
  const { operations, points, failures } = await sweepKills("onnxruntime", 7);
  expect(failures).toEqual([]);
  expect(operations).toBeGreaterThan(50);
  expect(points).toBe(Math.ceil(operations / 7));
});
