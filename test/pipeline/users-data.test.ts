import { readdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { expect, it, vi } from "vitest";
import * as z from "zod";
import { addFiles, makeFolder } from "../datasets/temporary-folder.ts";
import { runCommand } from "./command-line.ts";
import { makeToneWav, makeWorkplace } from "./tiny-set.ts";

vi.setConfig({ testTimeout: 240_000 });

const predictionSchema = z.object({ split: z.string(), id: z.string(), label: z.string() });

/** A folder a class, as a user has it: a clip of 14 s among those of 2 s, some names odd, two files bad. */
function makeUsersData(): string {
  const folder = makeFolder();
  for (const [label, pitchHz] of [
    ["low hum", 200],
    ["Pfeifen, hoch", 3000],
  ] as const) {
    for (let take = 0; take < 10; take++) {
      const name = `${label}/take ${take}, Ü.wav`;
      addFiles(path.join(folder, "sounds"), { [name]: makeToneWav(pitchHz, name, take === 3 ? 14 : 2) });
    }
    addFiles(path.join(folder, "sounds"), { [`${label}/broken.wav`]: "no sound at all" });
  }
  return folder;
}

it("trains on whatever is good, scores whole clips, and reports what was left out", async () => {
  const folder = makeUsersData();
  const settings = [
    "--data",
    "sounds",
    "--recipe",
    "report",
    "--epochs",
    "2",
    "--batch-size",
    "4",
    "--protocol",
    "holdout",
    "--run",
    "tiny",
  ];
  const refused = await runCommand(folder, "start", ...settings);
  expect(refused).toMatchObject({ code: 1 });
  expect(refused.stderr).toMatch(
    /2 problems\n {2}Pfeifen, hoch\/broken\.wav: .*\n {2}low hum\/broken\.wav: .*\n--skip-bad-clips/,
  );

  const run = await runCommand(folder, "start", ...settings, "--skip-bad-clips");
  expect(run.stderr).toContain("skipped: low hum/broken.wav: expected WAV");
  expect(run).toMatchObject({ code: 0 });
  expect(run.stdout).toContain("22 clips (2 bad ones left out), 2 classes");

  const lines = (await readFile(path.join(folder, "runs/tiny/predictions.jsonl"), "utf8"))
    .trimEnd()
    .split("\n");
  const rows = lines.map((line) => predictionSchema.parse(JSON.parse(line)));
  const ids = rows.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length); // a line a clip, whatever its length
  expect(ids.filter((id) => id.includes("#") || id.includes("broken"))).toEqual([]);

  const report = await readFile(path.join(folder, "runs/tiny/report.html"), "utf8");
  expect(report).toContain("2 bad clips left out");
  expect(report).toContain("low hum/broken.wav: expected WAV");
});

it("goes from Meyda's scalar features to a prediction", async () => {
  const { folder, sounds } = makeWorkplace();
  const scalars = 'features.scalarFeatures=["rms","zcr"]';
  const recipe = ["--recipe", "report", "--epochs", "2", "--batch-size", "4", "--protocol", "holdout"];
  const run = await runCommand(
    folder,
    "start",
    "--data",
    sounds,
    ...recipe,
    "--set",
    scalars,
    "--run",
    "some",
  );
  expect(run).toMatchObject({ code: 0 });
  expect(run.stdout).toContain("parity with cpu passed");
  const model = path.join("runs", "some", "model.onnx");
  const [clip = ""] = readdirSync(sounds, { recursive: true, encoding: "utf8" }).filter((name) =>
    name.endsWith(".wav"),
  );
  const prediction = await runCommand(folder, "predict", "--model", model, "--json", path.join(sounds, clip));
  expect(prediction).toMatchObject({ code: 0 });
  expect(prediction.stdout).toContain("Low, deep");
});
