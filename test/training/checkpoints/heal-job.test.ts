import { cp, readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, it } from "vitest";
import { UserError } from "../../../common/user-error.ts";
import { epochMetricsSchema } from "../../../run-files/epoch-metrics.ts";
import { jobResultSchema } from "../../../run-files/job-result.ts";
import { readCheckpoint } from "../../../training/checkpoints/checkpoint.ts";
import { nameCheckpoint } from "../../../training/checkpoints/checkpoint-store.ts";
import { runJob } from "../../../training/loop/run-job.ts";
import { finish, useJobFolders } from "../job-folders.ts";
import { createToneJob, createToneSet } from "../tone-set.ts";

const { newFolder } = useJobFolders();

// With a high rate the best epoch is an early one: it and the last are different checkpoints.
const job = createToneJob({ epochs: 5, seed: 4, optimiser: { name: "adam", learningRate: 0.6 } });

async function listFiles(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .sort();
}

/** What must be the same to the bit; times differ. */
async function readOutcome(folder: string) {
  const result = jobResultSchema.parse(JSON.parse(await readFile(path.join(folder, "result.json"), "utf8")));
  const read = async (epoch: number): Promise<string> =>
    (await readFile(path.join(folder, "checkpoints", nameCheckpoint(epoch), "weights.bin"))).toString(
      "base64",
    );
  const metrics = (await readFile(path.join(folder, "metrics.jsonl"), "utf8")).trimEnd().split("\n");
  return {
    result: { ...result, seconds: 0 },
    metrics: metrics.map((line) => ({
      ...epochMetricsSchema.parse(JSON.parse(line)),
      seconds: 0,
      examplesPerSecond: 0,
    })),
    selected: await read(result.selectedEpoch),
    last: await read(result.epochs),
  };
}

it.each([
  ["removed", (file: string) => rm(file)],
  ["cut in half", async (file: string) => truncate(file, Math.floor((await readFile(file)).length / 2))],
])("makes every file of a finished job again that is %s, to the same bits", async (_, damage) => {
  const whole = newFolder();
  const { selectedEpoch, epochs } = finish(await runJob(job, createToneSet(), whole));
  expect(selectedEpoch).toBeLessThan(epochs - 1); // three checkpoints, of which the middle one is not needed
  const outcome = await readOutcome(whole);
  const files = await listFiles(whole);
  expect(files.length).toBe(2 + 3 * 4);
  for (const file of files) {
    const folder = newFolder();
    await cp(whole, folder, { recursive: true });
    await damage(path.join(folder, file));
    await runJob(job, createToneSet(), folder);
    expect(await readOutcome(folder), file).toEqual(outcome);
    for (const name of await readdir(path.join(folder, "checkpoints")))
      await readCheckpoint(path.join(folder, "checkpoints", name)); // none is left that is not whole
  }
});

it.each([
  [
    "a digit of the standardisation",
    /(?<="mean":\[\d+\.\d)\d/,
    (digit: string) => String((Number(digit) + 1) % 10),
  ],
  ["a class's name", /"high"/, () => '"hihg"'],
  ["a setting", /"padding":"zero"/, () => '"padding":"loop"'],
])("refuses a checkpoint in which %s was changed", async (_, found, replaced) => {
  const folder = newFolder();
  await runJob(job, createToneSet(), folder);
  const file = path.join(folder, "checkpoints", nameCheckpoint(5), "checkpoint.json");
  const text = await readFile(file, "utf8");
  const changed = text.replace(found, replaced);
  expect(changed).not.toBe(text);
  await writeFile(file, changed);
  await expect(readCheckpoint(path.dirname(file))).rejects.toThrow(UserError);
  await expect(readCheckpoint(path.dirname(file))).rejects.toThrow(
    /checkpoint\.json: expected SHA-256 .*: the file was changed/,
  );
});
