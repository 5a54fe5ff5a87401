import { readdirSync } from "node:fs";
import process from "node:process";
import { afterAll, expect, it } from "vitest";
import { UserError } from "../../../common/user-error.ts";
import { checkRunName, openRun } from "../../../pipeline/runs/run-folder.ts";
import { runCli } from "../../../pipeline/command-line/run-cli.ts";
import { startStage } from "../../../pipeline/stages/start.ts";
import { trainStage } from "../../../pipeline/stages/train.ts";
import { tuneStage } from "../../../pipeline/stages/tune.ts";
import { makeFolder } from "../../datasets/temporary-folder.ts";

const home = process.cwd();
afterAll(() => {
  process.chdir(home);
});

const bad = [
  ["outside runs/", "../../x"],
  ["empty", ""],
  ["absolute", "/tmp/x"],
  ["absolute on Windows", "C:\\x"],
  ["a folder below", "a/b"],
  ["the parent", ".."],
  ["hidden", ".x"],
  ["the link to the latest run", "latest"],
  ["300 characters", "x".repeat(300)],
  ["a line break", "a\nb"],
  ["an option", "-x"],
  ["a device of Windows", "con"],
  ["a space at the end", "x "],
] as const;

it.each(bad)("--run refuses a name that is %s, in one short line", async (_, name) => {
  expect(() => {
    checkRunName(name);
  }).toThrow(UserError);
  const folder = makeFolder();
  process.chdir(folder);
  const errors: string[] = [];
  const { error } = console;
  console.error = (line: string) => errors.push(line);
  try {
    for (const stage of ["start", "train", "tune"])
      expect(await runCli([stage, `--run=${name}`], [startStage, trainStage, tuneStage])).toBe(1);
  } finally {
    console.error = error;
  }
  for (const line of errors) {
    expect(line).toMatch(/^error: --run: expected the name of a folder/);
    expect(line.split("\n")).toHaveLength(1);
    expect(line.length).toBeLessThan(400);
  }
  expect(readdirSync(folder)).toEqual([]); // not even data were made
});

it.each(["tiny", "ESC-10 report, v2".replace(",", ""), "a.b_c-1", "Vögel", "x".repeat(100)])("--run takes %s", (name) => {
  checkRunName(name);
});

it.each(["", "nowhere", "latest", "x".repeat(300)])("says in one short line that there is no run %j", async (name) => {
  process.chdir(makeFolder());
  await expect(openRun(name)).rejects.toThrow(UserError);
  await expect(openRun(name)).rejects.toThrow(/^--run.{1,300}$/);
});
