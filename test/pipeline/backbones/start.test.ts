import { readFile } from "node:fs/promises";
import path from "node:path";
import { expect, it } from "vitest";
import { checkRecordings } from "../../../pipeline/backbones/score-heads.ts";
import { addFiles, makeFolder } from "../../datasets/temporary-folder.ts";
import { buildTinyBackbone } from "../../features/backbone/tiny-backbone.ts";
import { runCommand } from "../command-line.ts";
import { makeToneWav } from "../tiny-set.ts";

/** Tones of one second, so many a class. */
function makeSounds(low: number, high: number): string {
  const folder = makeFolder();
  const addClass = (label: string, pitchHz: number, count: number): void => {
    for (let clip = 1; clip <= count; clip++)
      addFiles(folder, {
        [`sounds/${label}/${label}${clip}.wav`]: makeToneWav(pitchHz, `${label} ${clip}`, 1),
      });
  };
  addClass("low", 200, low);
  addClass("high", 3000, high);
  addFiles(folder, { "tiny.onnx": buildTinyBackbone() });
  return folder;
}

const options = ["--data", "sounds", "--backbone", "tiny.onnx", "--backbone-rate", "8000", "--run", "tiny"];

/** Each command starts a process that reads all stages, which takes its time on a busy machine. */
const timeoutMs = 300_000;

it(
  "start --backbone on 2 classes x 3 clips scores with an interval, and makes a proven model that predict takes",
  async () => {
    const folder = makeSounds(3, 3);
    const { code, stdout, stderr } = await runCommand(folder, "start", ...options);
    expect(code, stderr).toBe(0);
    expect(stdout).toContain("named by --backbone");
    expect(stdout).toMatch(/% of 6 clips right, 95 % interval .* \(10 times cross-validated by recording\)/);
    expect(stdout).toContain("parity");
    const kept: unknown = JSON.parse(await readFile(path.join(folder, "tiny.backbone.json"), "utf8"));
    expect(kept).toMatchObject({ sampleRateHz: 8000, windowSamples: 64, dimensions: 5 });
    const predicted = await runCommand(folder, "predict", "sounds/high/high1.wav", "--csv");
    expect(predicted.code, predicted.stderr).toBe(0);
    expect(predicted.stdout).toContain("high");
  },
  timeoutMs,
);

it("a class of one recording is a clear problem", () => {
  const clips = ["low1", "low2", "high1"].map((id) => ({
    ...{ id, path: id, fold: 1, source: id },
    label: id.slice(0, -1),
  }));
  expect(() => {
    checkRecordings({ labels: ["high", "low"], clips });
  }).toThrow("expected at least 2 recordings of each, one to train and one to test, got 1 of high");
});

it(
  "embed and similar take the backbone that was set up",
  async () => {
    const folder = makeSounds(2, 2);
    const used = await runCommand(folder, "backbones", "--use", "tiny.onnx", "--backbone-rate", "8000");
    expect(used.code, used.stderr).toBe(0);
    expect((await runCommand(folder, "embed", "sounds")).code).toBe(0);
    const lines = (await readFile(path.join(folder, "vectors.jsonl"), "utf8")).trim().split("\n");
    expect(lines).toHaveLength(4);
    const similar = await runCommand(folder, "similar", "sounds/low/low1.wav", "sounds", "--top", "1");
    expect(similar.stdout).toContain("low2.wav");
  },
  timeoutMs,
);
