import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { at } from "../../common/at.ts";
import { createRandom } from "../../common/random.ts";
import { defaultFeatureConfig, hashFeatureConfig } from "../../features/feature-config.ts";
import { createClassifier } from "../../runtime/node.ts";
import { projectFolder, runTool } from "../../setup/run-tool.ts";
import { describeWithOracle, runPython } from "../python/oracle.ts";
import { buildTinyModel, createTinyMetadata, makeLevel } from "../runtime/tiny-model.ts";
import { encodeWav } from "../runtime/audio/wav.ts";

// The tiny model answers how loud a sound is: here at the rate of real ones.
const features = { ...defaultFeatureConfig, clipSeconds: 0.5 };
const model = buildTinyModel(createTinyMetadata({ features, featureHash: hashFeatureConfig(features) }));
const rateHz = features.sampleRateHz;

/** One second quiet, one loud, one quiet. */
const sound = makeLevel(0.001, 3 * rateHz);
sound.set(makeLevel(0.5, rateHz), rateHz);

interface PythonAnswer {
  readonly probability: number;
  readonly logits: readonly number[];
}

const logitsSchema = z.array(z.number());

let folder = "";
const inFolder = (name: string) => join(folder, name);
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "earshot-examples-"));
  await writeFile(inFolder("model.onnx"), model);
  await writeFile(inFolder("loud.wav"), encodeWav(makeLevel(0.5, rateHz / 2), rateHz));
  await writeFile(inFolder("night.wav"), encodeWav(sound, rateHz));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Starts an example as its first lines say. */
function startExample(name: string, args: readonly string[]) {
  const tsx = join(projectFolder, "node_modules", "tsx", "dist", "cli.mjs");
  return spawn(process.execPath, [tsx, join("examples", name), ...args], {
    cwd: projectFolder,
    stdio: ["pipe", "pipe", "inherit"],
  });
}

describe("examples", () => {
  it("01 names what is in a file", async () => {
    const { code, output } = await runTool("tsx", [
      "examples/01-classify-a-file.ts",
      inFolder("model.onnx"),
      inFolder("loud.wav"),
    ]);
    expect(code, output).toBe(0);
    expect(output).toMatch(/^loud: 87\.\d %\nmiddle, ü: 11\.\d %\nquiet: 0\.\d %\n$/);
  });

  it("02 writes a label track", async () => {
    const labels = inFolder("labels.txt");
    const { code, output } = await runTool("tsx", [
      "examples/02-label-a-recording.ts",
      inFolder("model.onnx"),
      inFolder("night.wav"),
      labels,
    ]);
    expect(code, output).toBe(0);
    const [line = "", ...others] = (await readFile(labels, "utf8")).trim().split("\n");
    expect([line, ...others].every((text) => /^\d+\.\d{6}\t\d+\.\d{6}\t\S/.test(text))).toBe(true);
  });

  it("03 classifies standard input, however it is cut", async () => {
    const example = startExample("03-listen-live.ts", [inFolder("model.onnx")]);
    const pcm = encodeWav(sound, rateHz).subarray(44);
    for (let offset = 0; offset < pcm.length; offset += 4097)
      example.stdin.write(pcm.subarray(offset, offset + 4097));
    example.stdin.end();
    const parts: Buffer[] = [];
    example.stdout.on("data", (part: Buffer) => parts.push(part));
    const ending: unknown[] = await once(example, "close");
    expect(ending[0]).toBe(0);
    expect(Buffer.concat(parts).toString()).toMatch(/to \d\.\d s: loud\n/);
  });

  it("04 answers over HTTP", async () => {
    const example = startExample("04-http-route.ts", [inFolder("model.onnx"), "0"]);
    try {
      const printed: unknown[] = await once(example.stdout, "data");
      const origin = /http:\S+/.exec(String(printed[0]))?.[0] ?? "";
      const body = await readFile(inFolder("loud.wav"));
      const answer = await fetch(`${origin}/sounds/v1/classify`, { method: "POST", body });
      expect(await answer.json()).toMatchObject({ results: [{ labels: [{ label: "loud" }, {}, {}] }] });
      const refused = await fetch(`${origin}/sounds/v1/classify`, { method: "POST", body: "text" });
      expect(refused.status).toBe(400);
      expect(await refused.json()).toMatchObject({ error: { code: "bad-audio" } });
    } finally {
      example.kill();
      await once(example, "close");
    }
  });
});

describeWithOracle("examples in Python", () => {
  const pretrained = join(projectFolder, "pretrained", "esc10.onnx");
  /** A burst of noise and a tone, in `seconds` with silence at both ends. */
  const makeSound = (seconds: number): Float32Array => {
    const random = createRandom(1, "examples");
    return Float32Array.from({ length: seconds * rateHz }, (_, index) => {
      const time = index / rateHz;
      const tone = 0.3 * Math.sin(2 * Math.PI * 700 * time) * Math.max(0, Math.sin(5 * time));
      return time < 0.2 || time > seconds - 0.3 ? 0 : tone + 0.05 * (random.next() - 0.5);
    });
  };

  const writeSounds = async (...lengths: number[]) => {
    const files = lengths.map((seconds) => inFolder(`${seconds}-s.wav`));
    for (const [index, file] of files.entries())
      await writeFile(file, encodeWav(makeSound(at(lengths, index)), rateHz));
    return files;
  };

  /** A clip of 5 s between zeros, which both sides leave out. */
  const writeClipInZeros = async (): Promise<string> => {
    const samples = new Float32Array(11 * rateHz);
    samples.set(makeSound(5), 3 * rateHz + 77);
    const file = inFolder("in-zeros.wav");
    await writeFile(file, encodeWav(samples, rateHz));
    return file;
  };

  /** Each line ends in the probability of the class that is named, and the logits as JSON. */
  const runScript = async (name: string, args: readonly string[]): Promise<PythonAnswer[]> => {
    const script = await readFile(join(projectFolder, "examples", name), "utf8");
    const lines = (await runPython(script, "", args)).toString().trim().split("\n");
    return lines.map((line) => ({
      probability: Number(/ (\S+) \[/.exec(line)?.[1]),
      logits: logitsSchema.parse(JSON.parse(line.slice(line.indexOf("[")))),
    }));
  };

  const expectAsClassified = async (files: readonly string[], answers: readonly PythonAnswer[]) => {
    await using classifier = await createClassifier(pretrained);
    expect(answers).toHaveLength(files.length);
    for (const [index, file] of files.entries()) {
      const { probability, logits } = at(answers, index);
      const expected = await classifier.classify(file);
      expect(probability, file).toBeCloseTo(expected[0].probability, 3);
      for (const { label, index: place, logit } of expected)
        expect(Math.abs(at(logits, place) - logit), `${file}: ${label}`).toBeLessThan(1e-4);
    }
  };

  it("06 gives classify's logits, for one clip and for longer sound", async () => {
    const files = [...(await writeSounds(1, 5, 12)), await writeClipInZeros()];
    await expectAsClassified(files, await runScript("06-python.py", [pretrained, ...files]));
  });

  it("07 computes them from the file's numbers, in at most 60 lines without ONNX Runtime", async () => {
    const script = await readFile(join(projectFolder, "examples/07-numpy.py"), "utf8");
    expect(script.trim().split("\n").length).toBeLessThanOrEqual(60);
    expect(script).not.toContain("onnxruntime");
    const files = await writeSounds(1, 5);
    for (const file of files)
      await expectAsClassified([file], await runScript("07-numpy.py", [pretrained, file]));
  });
});
