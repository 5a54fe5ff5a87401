import { readFile } from "node:fs/promises";
import path from "node:path";
import { expect, it } from "vitest";
import { readModel } from "../../../runtime/read-model.ts";
import { addFiles, makeFolder } from "../../datasets/temporary-folder.ts";
import { runCommand } from "../command-line.ts";
import { makeToneWav } from "../tiny-set.ts";

/** Tones of half a second, a folder a class, so many a class. */
function makeSounds(counts: Readonly<Record<string, number>>): string {
  const folder = makeFolder();
  for (const [place, [label, count]] of Object.entries(counts).entries())
    for (let take = 1; take <= count; take++)
      addFiles(folder, {
        [`sounds/${label}/${take}.wav`]: makeToneWav(300 * 6 ** place, `${label} ${take}`, 0.5),
      });
  return folder;
}

const start = ["start", "--data", "sounds", "--run", "few", "--recipe", "report", "--epochs", "2"];

/** Ten processes, each of which loads an engine. */
const timeoutMs = 600_000;

it(
  "2 classes x 3 clips from scratch: a score by repeated cross-validation, then a proven model of all clips",
  async () => {
    const folder = makeSounds({ low: 3, high: 3 });
    const { code, stdout, stderr } = await runCommand(folder, ...start);
    expect(code, stderr).toBe(0);
    expect(stdout).toContain("from scratch: no backbone is named or set up");
    expect(stdout).toMatch(/6 clips: 10 trainings of 2 epochs, .* 3 cross-validations .*; about \d+/);
    expect(stdout).toMatch(
      /% of 6 clips right, 95 % interval .* \(3 times cross-validated by recording, 9 trainings\); the model trained on all 6/,
    );
    expect(stdout).toMatch(/parity +passed on cpu/);
    const read = (name: string): Promise<string> => readFile(path.join(folder, "runs/few", name), "utf8");
    const { metrics } = readModel(await readFile(path.join(folder, "runs/few/model.onnx")), "model");
    expect(metrics).toMatchObject({ testRepeats: 3, testClips: 6 });
    expect(metrics.testAccuracyLow).toBeLessThan(metrics.testAccuracyHigh ?? NaN);
    expect(await read("model-card.md")).toMatch(
      /this file's network then trained on all clips\. 6 clips were asked 3 times: the 95 % interval of testAccuracy is/,
    );
    const report = await read("report.html");
    expect(report).toContain("9 trainings, each of 2 epochs");
    expect(report).toContain("4 of 6 clips");
    expect(report).toContain("The model in the file was trained on all 6 clips.");

    // More clips in a run of the same name: nothing is trained again, and what was trained is not their result.
    addFiles(folder, { "sounds/low/4.wav": makeToneWav(300, "low 4", 0.5) });
    const changed = await runCommand(folder, ...start);
    expect(changed).toMatchObject({ code: 1 });
    expect(changed.stdout).not.toContain("trainings of 2 epochs");
    expect(changed.stderr).toContain("data");
  },
  timeoutMs,
);

it(
  "a class of one clip is a clear problem, before anything is computed",
  async () => {
    const { code, stderr } = await runCommand(makeSounds({ low: 3, high: 3, lone: 1 }), ...start);
    expect(code).toBe(1);
    expect(stderr.trim()).toMatch(
      /^error: classes: expected at least 2 recordings of each, .* got 1 of lone; .*$/,
    );
  },
  timeoutMs,
);
