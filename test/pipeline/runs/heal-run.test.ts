import { cp, readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import path from "node:path";
import process from "node:process";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import * as z from "zod";
import { UserError } from "../../../common/user-error.ts";
import { exportRun } from "../../../pipeline/exporting/export-run.ts";
import { runCli } from "../../../pipeline/command-line/run-cli.ts";
import { startStage } from "../../../pipeline/stages/start.ts";
import { openRun } from "../../../pipeline/runs/run-folder.ts";
import { hashGraph } from "../../../onnx/read-metadata.ts";
import { makeWorkplace } from "../tiny-set.ts";

vi.setConfig({ testTimeout: 900_000 }); // one process goes through `npm start` for every file of a run

const command = ["start", "--data", "sounds", "--recipe", "report", "--extractor", "graph"].concat(
  ["--engine", "onnxruntime", "--epochs", "2", "--protocol", "holdout", "--run", "tiny"],
  ["--set", 'network.trunk=[{"filters":8,"kernelFrames":3,"poolFrames":4}]'],
);

const home = process.cwd();
beforeAll(() => {
  vi.spyOn(console, "log").mockImplementation(() => undefined);
  vi.spyOn(console, "error").mockImplementation(() => undefined);
});
afterAll(() => {
  process.chdir(home);
});

async function listFiles(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .sort();
}

const resultSchema = z.looseObject({ seconds: z.number(), checkpoint: z.string() });
const summarySchema = z.looseObject({ metrics: z.looseObject({}), parity: z.array(z.looseObject({})) });

/** What a run is worth, without its times. */
async function readOutcome(run: string) {
  const read = (name: string): Promise<string> => readFile(path.join(run, name), "utf8");
  const result = resultSchema.parse(JSON.parse(await read("result.json")));
  const { metrics, parity } = summarySchema.parse(JSON.parse(await read("summary.json")));
  return {
    result: { ...result, seconds: 0 },
    predictions: await read("predictions.jsonl"),
    graph: hashGraph(await readFile(path.join(run, "model.onnx"))),
    metrics,
    parity: parity.length,
    // A checkpoint that the finished job does not need is removed, not made again, where it is not whole.
    files: (await listFiles(run)).filter(
      (name) => name !== "log.txt" && (!name.startsWith("checkpoints") || name.startsWith(result.checkpoint)),
    ),
  };
}

it("makes every file of a run again that was removed or cut", async () => {
  const { folder } = makeWorkplace();
  process.chdir(folder);
  expect(await runCli(command, [startStage])).toBe(0);
  const outcome = await readOutcome("runs/tiny");
  const whole = path.join(folder, "whole");
  await cp("runs/tiny", whole, { recursive: true });
  const damages = [
    ["removed", (file: string) => rm(file)],
    ["cut", async (file: string) => truncate(file, Math.floor((await readFile(file)).length / 2))],
  ] as const;
  const files = (await listFiles(whole)).filter((name) => name !== "log.txt");
  expect(files.length).toBeGreaterThan(outcome.files.length);
  for (const name of files)
    for (const [what, damage] of damages) {
      if (what === "cut" && name.startsWith("checkpoints")) continue; // heal-job.test.ts cuts these
      await rm("runs/tiny", { recursive: true });
      await cp(whole, "runs/tiny", { recursive: true });
      await damage(path.join("runs/tiny", name));
      expect(await runCli(command, [startStage]), `${name} ${what}`).toBe(0);
      expect(await readOutcome("runs/tiny"), `${name} ${what}`).toEqual(outcome);
    }

  // Without `start`, nothing is exported of a checkpoint that was changed by a digit.
  const run = await openRun("tiny");
  const [checkpoint = ""] = outcome.files.filter((name) => name.endsWith("checkpoint.json")).slice(-1);
  const file = path.join(run.folder, checkpoint);
  const text = await readFile(file, "utf8");
  await writeFile(file, text.replace(/(?<="mean":\[-?\d+\.\d)\d/, (digit) => String((Number(digit) + 1) % 10)));
  await rm(run.files.model);
  await expect(exportRun(run)).rejects.toThrow(UserError);
  await expect(exportRun(run)).rejects.toThrow("checkpoint.json: expected SHA-256");
});
