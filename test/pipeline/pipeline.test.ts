import { existsSync } from "node:fs";
import { cp, mkdtemp, readFile, rename, rm, stat, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import onnxProto from "onnx-proto";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import * as z from "zod";
import { parityFileSchema } from "../../run-files/parity-file.ts";
import { checkDeployable, readModel } from "../../runtime/read-model.ts";
import { runCommand, startCommand } from "./command-line.ts";
import { addSounds, makeToneWav } from "./tiny-set.ts";

vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 }); // each test runs several programs that load TensorFlow

const settings = ["--data", "sounds", "--recipe", "report", "--extractor", "graph"].concat([
  "--epochs",
  "3",
  "--batch-size",
  "4",
  "--protocol",
  "holdout",
  "--run",
  "tiny",
]);

const summarySchema = z.object({
  run: z.literal("tiny"),
  engine: z.string(),
  metrics: z.object({ testAccuracy: z.number(), validationAccuracy: z.number() }),
  model: z.object({ parameters: z.number(), bytes: z.number() }),
  parity: z.array(z.object({ passed: z.literal(true), maxAbsoluteDifference: z.number().max(1e-4) })),
  stageSeconds: z.record(z.enum(["data", "features", "train", "export", "parity"]), z.number()),
});

async function readSummary() {
  return summarySchema.parse(JSON.parse(await readFile(inFolder("runs/tiny/summary.json"), "utf8")));
}

/** One data set and its run by `start`, which every test finds as it was left there. */
let folder = "";
let first: Awaited<ReturnType<typeof runCommand>>;
const clip = path.join("sounds", "001 - Low, deep", "1-001-A.wav");
const inFolder = (...names: readonly string[]): string => path.join(folder, ...names);

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "earshot-pipeline-"));
  addSounds(folder);
  first = await runCommand(folder, "start", ...settings);
  await rename(inFolder("runs"), inFolder("whole"));
});

beforeEach(async () => {
  await rm(inFolder("runs"), { recursive: true, force: true });
  await cp(inFolder("whole"), inFolder("runs"), { recursive: true, verbatimSymlinks: true });
});

afterAll(() => rm(folder, { recursive: true, force: true }));

describe("npm start", () => {
  it("goes from a folder of sounds to a proven model that names them, and does nothing twice", async () => {
    expect(first).toMatchObject({ code: 0 });
    expect(first.stdout).toContain("12 computed, 0 from the cache; 10 clips compared with Meyda: at most ");
    const summary = await readSummary();
    // Two classes instead of ten: 8 x 513 weights fewer in the last layer.
    expect(summary.model.parameters).toBe(641_034 - 8 * 513);

    const model = await readFile(inFolder("runs/tiny/model.onnx"));
    const second = await runCommand(folder, "start", ...settings);
    expect(second.code).toBe(0);
    expect(second.stdout).toContain("0 computed, 12 from the cache");
    expect(second.stdout).toContain("already trained");
    expect(second.stdout.match(/is up to date/g)).toHaveLength(2);
    expect(await readFile(inFolder("runs/latest/model.onnx"))).toEqual(model);

    await writeFile(inFolder("a sound.wav"), makeToneWav(3000, "new"));
    const answer = await runCommand(folder, "predict", "--json", "a sound.wav");
    const [prediction] = z
      .array(z.object({ file: z.string(), classes: z.array(z.object({ label: z.string() })) }))
      .parse(JSON.parse(answer.stdout));
    expect(prediction?.classes.map(({ label }) => label).sort()).toEqual(["Hoch Ü", "Low, deep"]);

    expect(await readFile(inFolder("runs/tiny/model-card.md"), "utf8")).toContain("| cpu |");
    const { features, featurePrecision } = readModel(model, "tiny");
    expect(featurePrecision?.name).toBe(features.clipLevel === null ? "split" : "float32");
    const hub = await runCommand(folder, "export", "--layout", "hub", "--out", "my-model");
    expect(hub).toMatchObject({ code: 0 });
    const hubModel = await readFile(inFolder("my-model/onnx/model.onnx"));
    // The same graph under another input name: proven, as the run's is.
    checkDeployable(readModel(hubModel, "hub"), hubModel, "hub");
    const config = await readFile(inFolder("my-model/config.json"), "utf8");
    expect(JSON.parse(config)).toMatchObject({ id2label: { 0: "Hoch Ü", 1: "Low, deep" } });
  });

  it("refuses a run of the same name with other settings, showing the difference, unless it resumes by its own", async () => {
    const other = await runCommand(folder, "start", ...settings, "--seed", "7");
    expect(other.code).toBe(1);
    expect(other.stderr).toContain("--resume:\n  job.seed: 0 there, 7 now");
    const resumed = await runCommand(folder, "train", "--run", "tiny", "--resume");
    expect(resumed).toMatchObject({ code: 0 });
    expect(resumed.stdout).toContain("already trained");
    const both = await runCommand(folder, "train", "--resume", "--epochs", "3");
    expect(both).toMatchObject({ code: 1 });
    expect(both.stderr).toContain("resume and epochs are mutually exclusive");
    expect((await runCommand(folder, "train", "--run", "none", "--resume")).stderr).toContain(
      "expected a run",
    );
  });

  it("goes on after kill -9 to the same weights, bit by bit", async () => {
    const model = await readFile(inFolder("runs/tiny/model.onnx"));
    await rm(inFolder("runs"), { recursive: true });

    const killed = startCommand(folder, "start", ...settings);
    const metrics = inFolder("runs/tiny/metrics.jsonl");
    while (!existsSync(metrics) || (await stat(metrics)).size === 0)
      await new Promise((done) => setTimeout(done, 20));
    killed.child.kill("SIGKILL");
    await killed.ending;

    expect(await runCommand(folder, "start", ...settings)).toMatchObject({ code: 0 });
    expect(await readFile(inFolder("runs/tiny/model.onnx"))).toEqual(model);
  });
});

describe("a model that is not proven", () => {
  it("is refused by predict until parity has passed", async () => {
    for (const file of ["model.onnx", "parity.json"]) await rm(inFolder("runs", "tiny", file));
    await runCommand(folder, "export");
    const refused = await runCommand(folder, "predict", clip);
    expect(refused).toMatchObject({ code: 1, stdout: "" });
    expect(refused.stderr).toMatch(/^error: runs\/latest\/model\.onnx: .*never took .*\n$/);
    expect(await runCommand(folder, "predict", clip, "--allow-unverified")).toMatchObject({ code: 0 });
    expect(await runCommand(folder, "parity")).toMatchObject({ code: 0 });
    expect(await runCommand(folder, "predict", clip)).toMatchObject({ code: 0 });

    await truncate(inFolder("runs/tiny/model.onnx"), 100_000);
    const cut = await runCommand(folder, "predict", clip);
    expect(cut.code).toBe(1);
    expect(cut.stderr.trim().split("\n")).toHaveLength(1);
  });
});

describe("a model in fewer bits", () => {
  it("says what it costs, and is proven to answer the same", async () => {
    await rm(inFolder("runs"), { recursive: true });
    await runCommand(folder, "train", ...settings);
    const exported = await runCommand(folder, "export", "--precision", "int8", "--opset", "18");
    expect(exported.stdout).toMatch(/opset 18, 1\.\d\d MB/);
    expect(exported.stdout).toMatch(/int8: 0\.2[56]\d of the network's bytes; the same class for 100\.0 %/);
    const parity = await runCommand(folder, "parity", "--json", "--targets", "cpu");
    expect(parity).toMatchObject({ code: 0 });
    expect(JSON.parse(parity.stdout)).toMatchObject([{ target: "cpu", report: { passed: true } }]);
  });
});

describe("a model whose answers differ", () => {
  it("fails parity with the worst input and the layer, and stays refused", async () => {
    const file = inFolder("runs/tiny/model.onnx");
    await writeFile(file, changeBias(await readFile(file), 0.5));
    const parity = await runCommand(folder, "parity");
    expect(parity.code).toBe(1);
    expect(parity.stderr).toContain("parity with cpu FAILED");
    expect(parity.stderr).toContain("npx earshot export");
    const { layers } = parityFileSchema.parse(
      JSON.parse(await readFile(inFolder("runs/tiny/parity.json"), "utf8")),
    );
    expect(layers?.map(({ layer }) => layer)).toContain("logits");
    const refused = await runCommand(folder, "predict", clip);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain("cpu differs by 0.5");
  });
});

/** The file with `amount` added to the last layer's bias for the first class. */
function changeBias(bytes: Uint8Array, amount: number): Uint8Array {
  const model = onnxProto.onnx.ModelProto.decode(bytes);
  const bias = model.graph?.initializer?.find(({ name }) => name === "logits/bias");
  if (!bias?.rawData) throw new Error("no bias");
  const values = new Float32Array(Uint8Array.from(bias.rawData).buffer);
  values[0] = (values[0] ?? 0) + amount;
  bias.rawData = new Uint8Array(values.buffer);
  return onnxProto.onnx.ModelProto.encode(model).finish();
}
