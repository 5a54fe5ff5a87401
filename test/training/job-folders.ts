import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll } from "vitest";
import { nameCheckpoint } from "../../training/checkpoints/checkpoint-store.ts";
import { loadEngine } from "../../training/engine.ts";
import type { JobOutcome } from "../../training/loop/run-job.ts";

/** Loads an engine, and gives folders that are removed after the file's tests. */
export function useJobFolders(): { readonly newFolder: () => string } {
  let root = "";
  let folders = 0;
  beforeAll(async () => {
    await loadEngine("auto");
    root = await mkdtemp(path.join(tmpdir(), "earshot-train-"));
  });
  afterAll(async () => {
    await rm(root, { recursive: true, force: true });
  });
  return { newFolder: () => path.join(root, String(folders++)) };
}

export function finish(outcome: JobOutcome): Extract<JobOutcome, { result: object }>["result"] {
  if (outcome.status === "interrupted") throw new Error("expected a finished job");
  return outcome.result;
}

export async function readWeights(folder: string, epoch: number): Promise<Buffer> {
  return await readFile(path.join(folder, "checkpoints", nameCheckpoint(epoch), "weights.bin"));
}
