import { readFile, readdir } from "node:fs/promises";
import path from "node:path";
import { expect } from "vitest";
import { readResult } from "../../run-files/job-result.ts";

/** All that a list computed is the same, times aside. */
export async function expectSameBits(expected: string, found: string): Promise<void> {
  const jobs = await readdir(path.join(expected, "jobs"));
  expect(await readdir(path.join(found, "jobs"))).toEqual(jobs);
  for (const job of jobs) {
    const expectedJob = await readJob(path.join(expected, "jobs", job));
    expect(await readJob(path.join(found, "jobs", job))).toEqual(expectedJob);
  }
}

async function readJob(folder: string) {
  const result = await readResult(folder);
  if (result === null) throw new Error(`${folder}: expected a finished job, got none`);
  const checkpoint = path.join(folder, result.checkpoint);
  return {
    result: { ...result, seconds: 0 },
    predictions: await readFile(path.join(folder, "predictions.jsonl"), "utf8"),
    weights: (await readFile(path.join(checkpoint, "weights.bin"))).toString("base64"),
    state: (await readFile(path.join(checkpoint, "state.bin"))).toString("base64"),
  };
}
