import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isSilent } from "../../../features/audio/check-samples.ts";
import { hashGraph } from "../../../onnx/read-metadata.ts";
import { prepareDemo } from "../../../pipeline/demo/demo-folder.ts";
import { synthesiseSound } from "../../../pipeline/demo/demo-samples.ts";
import { projectFolder } from "../../../setup/run-tool.ts";
import { type DemoFile, demoFileSchema } from "../../../web-demo/model/demo-file.ts";
import { buildTinyModel, computeTinyLogits, createTinyMetadata } from "../../runtime/tiny-model.ts";

describe("the folder beside the page", () => {
  let root = "";
  beforeAll(async () => {
    root = await mkdtemp(path.join(tmpdir(), "earshot-prepare-"));
  });
  afterAll(() => rm(root, { recursive: true, force: true }));

  const prepare = async (model: string): Promise<{ folder: string; demo: DemoFile }> => {
    const folder = await prepareDemo(model, root);
    const demo = demoFileSchema.parse(JSON.parse(await readFile(path.join(folder, "demo.json"), "utf8")));
    return { folder, demo };
  };

  it("holds the model, reference logits, and samples that the model classifies correctly", async () => {
    // A model of the level alone, whose loud class is called rain and whose quiet one has no sound of its own.
    const model = buildTinyModel(createTinyMetadata({ labels: ["Hush", "Fog", "Rain"] }));
    const file = path.join(root, "tiny.onnx");
    await writeFile(file, model);
    const { folder, demo } = await prepare(file);
    expect(Buffer.compare(await readFile(path.join(folder, "model.onnx")), model)).toBe(0);
    expect(demo).toMatchObject({ model: "tiny", graphHash: hashGraph(model) });
    expect(demo.reference.map(({ name }) => name)).toEqual([
      "zeros",
      "full scale",
      "impulse",
      "one frame short",
      "a tenth longer",
      "a short sound",
    ]);
    for (const [index, logit] of computeTinyLogits(1).entries())
      expect(demo.reference[1]?.logits[index]).toBeCloseTo(logit, 4);
    for (const { label, file: sample, logits } of demo.samples) {
      expect(label).toBe("Rain");
      expect(logits.indexOf(Math.max(...logits))).toBe(2);
      expect((await readFile(path.join(folder, sample))).toString("latin1", 0, 4)).toMatch(/RIFF|OggS/);
    }
  });

  it("has a recording of each class of the included model, named correctly, with its author and licence", async () => {
    const { folder, demo } = await prepare(path.join(projectFolder, "pretrained", "esc10.onnx"));
    expect(demo.samples).toHaveLength(10);
    for (const [index, { label, file, logits, credit }] of demo.samples.entries()) {
      expect(logits.indexOf(Math.max(...logits)), label).toBe(index);
      expect(credit, label).toBeDefined();
      expect((await readFile(path.join(folder, file))).toString("latin1", 0, 4)).toMatch(/RIFF|OggS/);
    }
  });

  it("is not made of a model that the page would refuse", async () => {
    const file = path.join(root, "unproven.onnx");
    await writeFile(file, buildTinyModel(createTinyMetadata({ parity: [] })));
    await expect(prepareDemo(file, root)).rejects.toThrow("never took it");
  });
});

describe("synthesiseSound", () => {
  it.each(["Rain", "Clock tick"])(
    "makes the same sound of a class each time, and another take: %s",
    (label) => {
      const [one, again, other] = [0, 0, 1].map((take) => synthesiseSound(label, take, 1)?.samples);
      expect(one).toHaveLength(44_100);
      expect(one?.every((sample) => Math.abs(sample) <= 0.6001)).toBe(true);
      expect(isSilent(one ?? new Float32Array())).toBe(false);
      expect(again).toEqual(one);
      expect(other).not.toEqual(one);
    },
  );

  it("knows no sound of other labels", () => {
    expect(synthesiseSound("Person sneeze", 0, 1)).toBeUndefined();
  });
});
