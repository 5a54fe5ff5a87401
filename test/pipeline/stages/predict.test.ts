import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import * as z from "zod";
import { at } from "../../../common/at.ts";
import { buildTinyModel, makeLevel } from "../../runtime/tiny-model.ts";
import { encodeWav } from "../../runtime/audio/wav.ts";
import { predictStage } from "../../../pipeline/stages/predict.ts";
import { audioKinds } from "../../../features/audio/audio-kinds.ts";
import { audioFiles, readAudio } from "../../features/audio/audio-files.ts";
import { runCli } from "../../../pipeline/command-line/run-cli.ts";
import { startCommand } from "../command-line.ts";

// The tiny model takes half a second at 8 kHz, and only how loud it is.

const sampleRateHz = 8000;
const loud = encodeWav(makeLevel(0.5, 4000), sampleRateHz);
const quiet = encodeWav(makeLevel(0.01, 4000), sampleRateHz);
const clipSchema = z.object({
  file: z.string(),
  classes: z.array(z.object({ label: z.string(), probability: z.number() })),
});
const failureSchema = z.object({ file: z.string(), error: z.string() });
const timelineSchema = z.object({
  file: z.string(),
  timeline: z.array(
    z.object({
      startSeconds: z.number(),
      endSeconds: z.number(),
      classes: z.array(z.object({ label: z.string() })),
    }),
  ),
});

describe("predict", () => {
  let folder = "";
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "earshot-predict-"));
    await mkdir(path.join(folder, "sounds", "deep"), { recursive: true });
    await mkdir(path.join(folder, "none"));
    const samples = new Float32Array(20_000); // 1 s of silence, 1.5 s loud
    samples.set(makeLevel(0.5, 12_000), 8000);
    const files = {
      "model.onnx": buildTinyModel(),
      "sounds/loud.wav": loud,
      "sounds/notes.txt": "no sound",
      "sounds/deep/a, quiet.wav": quiet,
      "text.wav": "no sound",
      "long.wav": encodeWav(samples, sampleRateHz),
      "cut.wav": encodeWav(samples, sampleRateHz).subarray(0, 30_000),
      "padded.mp3": Buffer.concat([Buffer.alloc(50), readAudio("stereo.mp3")]),
    };
    for (const [name, content] of Object.entries(files)) await writeFile(path.join(folder, name), content);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  /** Runs the stage in this process, in the folder. */
  async function predict(...args: string[]) {
    const home = process.cwd();
    const printed = { log: "", error: "" };
    for (const stream of ["log", "error"] as const)
      vi.spyOn(console, stream).mockImplementation((line: string) => void (printed[stream] += `${line}\n`));
    process.chdir(folder);
    try {
      const code = await runCli(["predict", "--model", "model.onnx", ...args], [predictStage]);
      return { code, stdout: printed.log, stderr: printed.error };
    } finally {
      process.chdir(home);
      process.exitCode = undefined;
      vi.restoreAllMocks();
    }
  }

  it.each([[[]], [["--timeline"]]])(
    "says what was skipped in a file with --verbose only %j",
    async (more) => {
      const note = "note: padded.mp3: skipped 50 bytes of tags or zeros before the sound\n";
      expect(await predict("--verbose", "padded.mp3", ...more)).toMatchObject({ code: 0, stderr: note });
      expect(await predict("padded.mp3", ...more)).toMatchObject({ code: 0, stderr: "" });
    },
  );

  it("takes files, folders and patterns in their order, goes on after what is bad, and ends with 1", async () => {
    const { code, stdout, stderr } = await predict(
      ...["--json", "--top", "1", "text.wav", "sounds", "sounds/**/*quiet.wav", "missing.wav", "none"],
      ...["nothing-*.wav", "sounds/loud.wav"],
    );
    expect(code).toBe(1);
    const answers = z.array(z.union([clipSchema, failureSchema])).parse(JSON.parse(stdout));
    expect(
      answers.map((answer) => [answer.file, "error" in answer ? "error" : answer.classes[0]?.label]),
    ).toEqual([
      ["text.wav", "error"],
      ["sounds/deep/a, quiet.wav", "quiet"],
      ["sounds/loud.wav", "loud"],
      ["sounds/deep/a, quiet.wav", "quiet"],
      ["missing.wav", "error"],
      ["none", "error"],
      ["nothing-*.wav", "error"],
      ["sounds/loud.wav", "loud"],
    ]);
    expect(stderr.split("\n").filter((line) => line.startsWith("error: "))).toHaveLength(4);
  });

  it.each([[[]], [["--timeline"]]])(
    "answers or names every file that may be sound, whatever its format and the case of its ending %j",
    async (more) => {
      const read = audioFiles.map(({ name }, index) => (index % 2 === 0 ? name : name.toUpperCase()));
      const tooShort = read.filter((_, index) => {
        const { samples, sampleRateHz: ownRateHz } = at(audioFiles, index);
        return (samples * sampleRateHz) / ownRateHz < 256;
      });
      const kinds = audioKinds.flatMap(({ endings }) => endings.map((ending) => `kind${ending}`));
      await mkdir(path.join(folder, "mixed"), { recursive: true });
      for (const [index, { name }] of audioFiles.entries())
        await writeFile(path.join(folder, "mixed", at(read, index)), readAudio(name));
      for (const name of kinds) await writeFile(path.join(folder, "mixed", name), "no sound");
      const { code, stdout, stderr } = await predict("--json", "--top", "1", "mixed", ...more);
      expect(code).toBe(1);
      const answers = z.array(z.looseObject({ file: z.string() })).parse(JSON.parse(stdout));
      const files = [...read, ...kinds].map((name) => `mixed/${name}`);
      expect(answers.map(({ file }) => file).sort()).toEqual(files.sort());
      const failed = answers.filter((answer) => "error" in answer).map(({ file }) => file);
      expect(failed.sort()).toEqual([...kinds, ...tooShort].map((name) => `mixed/${name}`).sort());
      for (const file of failed) expect(stderr).toContain(`error: ${file}: `);
    },
  );

  it("names the file that is too short", async () => {
    await writeFile(path.join(folder, "short.wav"), encodeWav(makeLevel(0.5, 40), sampleRateHz));
    const { code, stderr } = await predict("short.wav", "sounds/loud.wav");
    expect(code).toBe(1);
    expect(stderr).toContain("error: short.wav: expected at least one frame of sound");
  });

  it("prints bars for one file and a row a file for several", async () => {
    const one = await predict("sounds/loud.wav", "--top", "2");
    expect(one).toMatchObject({ code: 0, stderr: "" });
    expect(one.stdout).toMatch(
      /^sounds\/loud\.wav\n {2}loud +\d\d\.\d % {2}█+.?\n {2}middle, ü +\d+\.\d % .*\n$/,
    );
    const { stdout } = await predict("sounds", "--top", "1", "--concurrency", "1");
    expect(stdout).toMatch(/^sounds\/deep\/a, quiet\.wav {2}quiet .* %\nsounds\/loud\.wav {11}loud .* %\n$/);
  });

  it("writes CSV with a heading, quoted as RFC 4180 wants", async () => {
    const { stdout } = await predict("sounds", "--csv", "--top", "1");
    expect(stdout).toMatch(
      /^file,label,probability,named\n"sounds\/deep\/a, quiet\.wav",quiet,0\.\d{6},true\nsounds\/loud\.wav,loud,0\.\d{6},true\n$/,
    );
  });

  it("prints classes over time, up to where a file is damaged", async () => {
    const { code, stdout } = await predict("--timeline", "--json", "--top", "1", "long.wav", "cut.wav");
    expect(code).toBe(1);
    const [whole, cut] = z
      .tuple([timelineSchema, timelineSchema.and(failureSchema)])
      .parse(JSON.parse(stdout));
    expect(whole.timeline[0]).toMatchObject({ startSeconds: 0, classes: [{ label: "quiet" }] });
    expect(whole.timeline.at(-1)).toMatchObject({ endSeconds: 2.5, classes: [{ label: "loud" }] });
    for (const [index, { endSeconds }] of whole.timeline.slice(0, -1).entries())
      expect(whole.timeline[index + 1]?.startSeconds).toBe(endSeconds);
    expect(cut.error).toContain("the file is cut off");
    const text = await predict("--timeline", "--top", "1", "--hop-seconds", "0.5", "long.wav");
    expect(text.stdout.split("\n")[1]).toMatch(/^ {2}0:00:00\.00 - 0:00:01\.00 {2}silence/);
  });

  it("prints a line as long as the answer is the same, and events, by a threshold", async () => {
    const { stdout } = await predict("--timeline", "--csv", "--top", "1", "--threshold", "0.8", "long.wav");
    const rows = stdout.trim().split("\n").slice(1);
    expect(rows.length).toBeLessThan(6);
    const spans = rows.map((row) => row.split(",").slice(1, 3));
    expect(spans.map(([start]) => start)).toEqual(["0.000000", ...spans.slice(0, -1).map(([, end]) => end)]);
    expect(rows.at(-1)).toMatch(/^long\.wav,1\.\d+,2\.500000,loud,0\.\d+,true$/);
    const events = await predict("--events", "long.wav", "--threshold", "0.8");
    expect(events.stdout).toMatch(/^long\.wav\n {2}0:00:01\.\d\d - 0:00:02\.50 {2}loud .* %\n$/);
    const none = await predict("--events", "--json", "long.wav", "--threshold", "1");
    expect(JSON.parse(none.stdout)).toEqual([{ file: "long.wav", events: [] }]);
  });

  it("classifies standard input", async () => {
    const { child, ending } = startCommand(folder, "predict", "--model", "model.onnx", "--csv", "-");
    child.stdin.end(loud);
    const { code, stdout } = await ending;
    expect(code).toBe(0);
    expect(stdout.split("\n")[1]).toMatch(/^<stdin>,loud,/);
  }, 300_000);

  it.each([
    [[], "expected audio files, got none"],
    [["long.wav", "--top", "0"], "--top: expected a whole number from 1, got 0"],
    [["long.wav", "--concurrency", "0"], "--concurrency: expected a whole number from 1, got 0"],
    [["long.wav", "--timeline", "--events"], "--timeline, --events: expected one of them, got both"],
    [["long.wav", "--timeline", "--hop-seconds", "9"], "hopSeconds: expected a time above 0 and up to"],
  ])("refuses %j", async (args, message) => {
    const { code, stderr } = await predict(...args);
    expect(code).toBe(1);
    expect(stderr).toContain(`error: `);
    expect(stderr).toContain(message);
  });
});
