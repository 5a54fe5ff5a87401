import { appendFile, readFile, truncate, writeFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { readCheckpoint } from "../../../training/checkpoints/checkpoint.ts";
import { nameCheckpoint } from "../../../training/checkpoints/checkpoint-store.ts";
import { runJob } from "../../../training/loop/run-job.ts";
import { readWeights, useJobFolders } from "../job-folders.ts";
import { createToneJob, createToneSet } from "../tone-set.ts";

const { newFolder } = useJobFolders();

describe("a run folder that is damaged or another job's", () => {
  /** A folder whose run stopped after 3 of 6 epochs. */
  async function stopEarly(): Promise<string> {
    const folder = newFolder();
    const stop = new AbortController();
    await runJob(createToneJob(), createToneSet(), folder, {
      signal: stop.signal,
      onEvent: (event) => {
        if (event.kind === "epoch" && event.metrics.epoch === 2) stop.abort();
      },
    });
    return folder;
  }

  async function collectNotices(folder: string): Promise<string[]> {
    const notices: string[] = [];
    await runJob(createToneJob(), createToneSet(), folder, {
      onEvent: (event) => {
        if (event.kind === "notice") notices.push(event.message);
      },
    });
    return notices;
  }

  it.each([
    ["weights.bin", "the file was cut"],
    ["state.bin", "the file was cut"],
    ["checkpoint.json", "expected JSON"],
  ])("falls back when %s is cut in half, to the same weights", async (file, reason) => {
    const whole = newFolder();
    await runJob(createToneJob(), createToneSet(), whole);
    const folder = await stopEarly();
    const damaged = path.join(folder, "checkpoints", nameCheckpoint(2), file);
    await truncate(damaged, Math.floor((await readFile(damaged)).length / 2));
    await expect(readCheckpoint(path.join(folder, "checkpoints", nameCheckpoint(2)))).rejects.toThrow(reason);
    const notices = await collectNotices(folder);
    expect(notices[0]).toContain(reason);
    expect(notices[1]).toBe("going on after epoch 1 of 6");
    expect((await readWeights(folder, 6)).equals(await readWeights(whole, 6))).toBe(true);
  });

  it("notices one changed byte", async () => {
    const folder = await stopEarly();
    const file = path.join(folder, "checkpoints", nameCheckpoint(2), "weights.bin");
    const bytes = await readFile(file);
    bytes[9] = (bytes[9] ?? 0) ^ 1;
    await writeFile(file, bytes);
    expect((await collectNotices(folder))[0]).toContain("the file was changed");
  });

  it("drops lines of metrics that a killed run left", async () => {
    const folder = await stopEarly();
    await appendFile(path.join(folder, "metrics.jsonl"), '{"epoch":3,"trainLo');
    await collectNotices(folder);
    const lines = (await readFile(path.join(folder, "metrics.jsonl"), "utf8")).trimEnd().split("\n");
    expect(lines).toHaveLength(6);
  });

  it("refuses another config, showing the difference, while running and when finished", async () => {
    const folder = await stopEarly();
    const other = createToneJob({ optimiser: { name: "adam", learningRate: 0.01 }, seed: 4 });
    const difference = /job\.seed: 0 there, 4 now\njob\.optimiser\.learningRate: 0\.001 there, 0\.01 now/;
    await expect(runJob(other, createToneSet(), folder)).rejects.toThrow(difference);
    await runJob(createToneJob(), createToneSet(), folder);
    await expect(runJob(other, createToneSet(), folder)).rejects.toThrow(difference);
  });

  it("refuses other data", async () => {
    const folder = await stopEarly();
    await expect(runJob(createToneJob(), createToneSet({ clips: 90 }), folder)).rejects.toThrow("dataHash: ");
  });

  it("says what a folder without checkpoints lacks", async () => {
    await expect(readCheckpoint(newFolder())).rejects.toThrow("expected a trained network");
  });
});
