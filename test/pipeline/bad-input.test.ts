import { writeFileSync } from "node:fs";
import { readdir } from "node:fs/promises";
import path from "node:path";
import { describe, expect, it, vi, beforeEach, afterEach } from "vitest";
import { encodeWav } from "../../features/audio/encode-wav.ts";
import { dataStage } from "../../pipeline/stages/data.ts";
import { featuresStage } from "../../pipeline/stages/features.ts";
import { predictStage } from "../../pipeline/stages/predict.ts";
import { runCli } from "../../pipeline/command-line/run-cli.ts";
import { addFiles, makeFolder } from "../datasets/temporary-folder.ts";
import { makeToneWav, makeWorkplace } from "./tiny-set.ts";

const home = process.cwd();
let errors: string[] = [];

beforeEach(() => {
  errors = [];
  vi.spyOn(console, "error").mockImplementation((line: string) => void errors.push(line));
  vi.spyOn(console, "log").mockImplementation(() => undefined);
});
afterEach(() => {
  process.chdir(home);
  process.exitCode = undefined;
  vi.restoreAllMocks();
});

/** Runs a command line in `folder`, and returns its exit code; what it complains of is in `errors`. */
async function runIn(folder: string, ...argv: string[]): Promise<number> {
  process.chdir(folder);
  return await runCli(argv, [dataStage, featuresStage, predictStage]);
}

const tone = makeToneWav(440, "tone");

const badFiles = {
  "empty.wav": { bytes: new Uint8Array(), says: /empty\.wav: expected .*, got .*(empty|0 bytes)/ },
  "cut.wav": { bytes: tone.subarray(0, tone.length / 2), says: /cut\.wav: expected .*(cut|truncated|bytes)/ },
  "text.wav": {
    bytes: new TextEncoder().encode("hello world!"),
    says: /text\.wav: expected .*, got 12 bytes of text/,
  },
  "zero-hertz.wav": { bytes: changeRate(tone, 0), says: /zero-hertz\.wav: expected .*, got 0 Hz/ },
  "not-a-number.wav": {
    bytes: makeFloatWav([0.1, NaN, 0.1]),
    says: /not-a-number\.wav: expected .*, got NaN at sample 1/,
  },
  "silent.wav": {
    bytes: encodeWav({ samples: new Float32Array(88_200), sampleRateHz: 44_100 }),
    says: /silent\.wav: expected sound, got 2\.0 s of silence/,
  },
};

describe("bad clips in a data set", () => {
  it("are listed together, each with its reason, and skipped only when asked", async () => {
    const { folder, sounds } = makeWorkplace();
    const clips = Object.entries(badFiles).map(([name, { bytes }], index) => {
      const clip = `001 - Low, deep/1-9${index}-A.wav`;
      addFiles(sounds, { [clip]: bytes });
      return { name, clip };
    });
    expect(await runIn(folder, "features", "--data", "sounds")).toBe(1);
    let message = errors.join("\n");
    for (const { name, clip } of clips) message = message.replace(clip, name);
    expect(message).toContain(`${clips.length} problems`);
    for (const { says } of Object.values(badFiles)) expect(message).toMatch(says);
    expect(message.split("\n")).toHaveLength(clips.length + 2);

    errors = [];
    expect(await runIn(folder, "features", "--data", "sounds", "--skip-bad-clips")).toBe(0);
    expect(errors.filter((line) => line.startsWith("skipped: "))).toHaveLength(clips.length);
  });
});

describe("bad data folders", () => {
  const cases: [string, Record<string, Uint8Array>, RegExp][] = [
    ["without clips", { "notes.txt": new TextEncoder().encode("none") }, /none of them audio/],
    [
      "with one class",
      { "001 - Dog/1-1-A.wav": tone, "001 - Dog/2-2-A.wav": tone },
      /at least 2 classes, got only Dog/,
    ],
    [
      "with a fold without clips",
      {
        "001 - A/1-1-A.wav": tone,
        "001 - A/3-2-A.wav": tone,
        "002 - B/1-3-A.wav": tone,
        "002 - B/3-4-A.wav": tone,
      },
      /fold 2: expected clips, got none/,
    ],
  ];
  it.each(cases)("%s", async (_, files, says) => {
    const folder = makeFolder();
    addFiles(path.join(folder, "sounds"), files);
    expect(await runIn(folder, "data", "--data", "sounds")).toBe(1);
    expect(errors.join("\n")).toMatch(says);
    expect(await readdir(folder)).toEqual(["sounds"]);
  });

  it("that do not exist", async () => {
    expect(await runIn(makeFolder(), "data", "--data", "nowhere")).toBe(1);
    expect(errors.join("\n")).toMatch(/nowhere: expected a folder/);
  });
});

describe("bad models", () => {
  it.each([
    ["that is text", "not a model at all", /expected an ONNX/],
    ["that is empty", "", /expected/],
  ])("%s", async (_, content, says) => {
    const folder = makeFolder({ "clip.wav": tone });
    writeFileSync(path.join(folder, "model.onnx"), content);
    expect(await runIn(folder, "predict", "clip.wav", "--model", "model.onnx")).toBe(1);
    expect(errors).toHaveLength(1);
    expect(errors[0]).toMatch(says);
  });

  it("that is not there", async () => {
    expect(await runIn(makeFolder({ "clip.wav": tone }), "predict", "clip.wav")).toBe(1);
    expect(errors).toHaveLength(1);
    expect(errors[0]).toMatch(/no model yet.*npx earshot start makes one/);
  });
});

/** The same WAV file with another rate in its header. */
function changeRate(wav: Uint8Array, sampleRateHz: number): Uint8Array {
  const changed = wav.slice();
  new DataView(changed.buffer).setUint32(24, sampleRateHz, true);
  return changed;
}

/** A mono 32-bit float WAV file at 44.1 kHz. */
function makeFloatWav(samples: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(44 + 4 * samples.length);
  const view = new DataView(bytes.buffer);
  const writeText = (at: number, text: string): void => {
    bytes.set(new TextEncoder().encode(text), at);
  };
  writeText(0, "RIFF");
  view.setUint32(4, bytes.length - 8, true);
  writeText(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, 3, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, 44_100, true);
  view.setUint32(28, 176_400, true);
  view.setUint16(32, 4, true);
  view.setUint16(34, 32, true);
  writeText(36, "data");
  view.setUint32(40, 4 * samples.length, true);
  for (const [index, sample] of samples.entries()) view.setFloat32(44 + 4 * index, sample, true);
  return bytes;
}
