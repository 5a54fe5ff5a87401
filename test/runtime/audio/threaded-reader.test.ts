import { readdirSync, readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { joinBlocks } from "../../../common/join-blocks.ts";
import { createClassifier, type NodeSource } from "../../../runtime/node.ts";
import { openNodeSource, readNodeSource } from "../../../runtime/platform/read-node-source.ts";
import { resampleBlocks } from "../../../runtime/audio/resample-blocks.ts";
import { createSoundReader, type SoundReader } from "../../../runtime/audio/sound-reader.ts";
import { createThreadedReader } from "../../../runtime/audio/threaded-reader.ts";
import { collect } from "../collect.ts";
import { runCommand } from "../run-command.ts";
import { buildTinyModel, makeLevel } from "../tiny-model.ts";
import { encodeWav } from "./wav.ts";

const audioFolder = join(import.meta.dirname, "../../features/audio/files");
const projectFolder = join(import.meta.dirname, "../../..");
const sounds = readdirSync(audioFolder).filter((file) => !file.endsWith(".py"));
const sampleRateHz = 8000;

describe("reading in threads", () => {
  const here = createSoundReader<NodeSource>({ read: readNodeSource, open: openNodeSource });
  /** Fails where the thread should have read. */
  const nowhere: SoundReader<NodeSource> = {
    ...here,
    readClip: () => Promise.reject(new Error("read here")),
    openRecording: () => Promise.reject(new Error("read here")),
  };
  let folder = "";
  let threads: SoundReader<NodeSource>;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "earshot-threads-"));
    await writeFile(join(folder, "text.wav"), "this is no sound");
    await writeFile(
      join(folder, "cut.wav"),
      encodeWav(makeLevel(0.5, 200_000), sampleRateHz).subarray(0, 3e5),
    );
    await writeFile(join(folder, "long.wav"), encodeWav(makeLevel(0.5, 2_000_000), sampleRateHz));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));
  beforeEach(() => {
    threads = createThreadedReader(nowhere, 2);
  });
  afterEach(() => threads.dispose());

  it("gives the samples of reading here, to the bit, in every format, several at once", async () => {
    const sources = sounds.flatMap((file) => {
      const path = join(audioFolder, file);
      return [path, pathToFileURL(path)];
    });
    const read = (reader: SoundReader<NodeSource>) =>
      Promise.all(sources.map((source) => reader.readClip(source, sampleRateHz, {}, true)));
    expect(await read(threads)).toEqual(await read(here));
  });

  it("gives a recording's samples, to the bit", async () => {
    for (const file of [...sounds.map((name) => join(audioFolder, name)), join(folder, "long.wav")]) {
      const read = async (reader: SoundReader<NodeSource>) => {
        const { sampleRateHz: rate, blocks } = await reader.openRecording(file, 11_025, {});
        return Buffer.from(joinBlocks(await collect(resampleBlocks(blocks, rate, 11_025))).buffer);
      };
      expect(Buffer.compare(await read(threads), await read(here)), file).toBe(0);
    }
  });

  it.each([
    ["text.wav", "AudioError", "bad-audio"],
    ["cut.wav", "AudioError", "bad-audio"],
    ["missing.wav", "SourceError", "unreadable"],
  ])("refuses %s with a %s, as here", async (file, name, code) => {
    const path = join(folder, file);
    const refused = threads.readClip(path, sampleRateHz, {}, true);
    await expect(refused).rejects.toMatchObject({ name, code });
    const message = await refused.catch(String);
    expect(await here.readClip(path, sampleRateHz, {}, true).catch(String)).toBe(message);
    await expect(
      threads.openRecording(path, sampleRateHz, {}).then(({ blocks }) => collect(blocks)),
    ).rejects.toMatchObject({ name, code });
  });

  it("reads alone, and samples, in the calling thread", async () => {
    await expect(threads.readClip(join(folder, "long.wav"), sampleRateHz, {}, false)).rejects.toThrow(
      "read here",
    );
    await expect(threads.readClip(makeLevel(0.5, 10), sampleRateHz, {}, true)).rejects.toThrow("read here");
  });

  it("passes on what was skipped in a file", async () => {
    const mp3 = readFileSync(join(audioFolder, "stereo.mp3"));
    const path = join(folder, "behind.mp3");
    await writeFile(path, Buffer.concat([Buffer.alloc(50), mp3]));
    const notes: string[] = [];
    const options = { onNote: (note: string) => notes.push(note) };
    await threads.readClip(path, sampleRateHz, options, true);
    await collect((await threads.openRecording(path, sampleRateHz, options)).blocks);
    await here.readClip(path, sampleRateHz, options, true);
    await collect((await here.openRecording(path, sampleRateHz, options)).blocks);
    const note = `${path}: skipped 50 bytes of tags or zeros before the sound`;
    expect(notes).toEqual([note, note, note, note]);
  });

  it("throws an abort's reason at once", async () => {
    const controller = new AbortController();
    const reading = threads.readClip(join(folder, "long.wav"), 44_100, { signal: controller.signal }, true);
    controller.abort(new Error("enough"));
    await expect(reading).rejects.toThrow("enough");
  });

  it("ends a recording that is being read when disposed of", async () => {
    const { blocks } = await threads.openRecording(join(folder, "long.wav"), sampleRateHz, {});
    const reading = expect(collect(blocks)).rejects.toMatchObject({ code: "disposed" });
    await threads.dispose();
    await reading;
  });

  it("does not keep a program alive that forgets to dispose, nor end one that waits for it", async () => {
    await writeFile(join(folder, "model.onnx"), buildTinyModel());
    const script = `
      import { createClassifier } from "earshot/node";
      const classifier = await createClassifier(process.argv[1]);
      const answers = await classifier.classifyBatch(process.argv.slice(2));
      console.log(answers.filter(({ error }) => error === undefined).length);
      if (process.env.DISPOSE) {
        for await (const entry of classifier.classifyLong(process.argv[2])) if (entry) break;
        await classifier.dispose();
        console.log("disposed");
      }`;
    const files = Array.from({ length: 8 }, () => join(audioFolder, "mono.ogg"));
    const model = join(folder, "model.onnx");
    const args = ["--import", "tsx", "--input-type=module", "--eval", script, "--", model, ...files];
    expect(await runCommand(process.execPath, args, projectFolder)).toBe("8\n");
    process.env.DISPOSE = "1";
    expect(await runCommand(process.execPath, args, projectFolder)).toBe("8\ndisposed\n");
    delete process.env.DISPOSE;
  }, 300_000);

  it("refuses a number of threads that is none", async () => {
    await expect(createClassifier(buildTinyModel(), { decodeThreads: -1 })).rejects.toMatchObject({
      code: "bad-option",
    });
  });
});
