import { mkdtempSync, rmSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import * as z from "zod";
import { createRandom } from "../../common/random.ts";
import { encodeWav } from "../../features/audio/encode-wav.ts";
import { createClassifier, type SoundEvent } from "../../runtime/node.ts";
import { addFiles } from "../datasets/temporary-folder.ts";
import { describeWithOracle, runPython } from "../python/oracle.ts";
import { runCommand } from "./command-line.ts";

vi.setConfig({ testTimeout: 240_000, hookTimeout: 600_000 });

const sampleRateHz = 16_000;
const pitchesHz = { low: 300, high: 2500 } as const;

type Label = keyof typeof pitchesHz;

const sets: readonly (readonly Label[])[] = [["low"], ["high"], ["high", "low"], []];

/** Noise with the tones of some classes in it, all of the time. */
function makeSamples(
  labels: readonly Label[],
  name: string,
  seconds = 1,
  rateHz = sampleRateHz,
): Float32Array {
  const random = createRandom(1, name);
  const phases = labels.map(() => random.next());
  return Float32Array.from({ length: seconds * rateHz }, (_, index) => {
    const tones = labels.map((label, tone) =>
      Math.sin(2 * Math.PI * ((pitchesHz[label] * index) / rateHz + (phases[tone] ?? 0))),
    );
    return tones.reduce((sum, value) => sum + 0.2 * value, 0.05 * random.normal());
  });
}

const resultSchema = z.object({
  job: z.object({ labelling: z.literal("several"), labelSmoothing: z.literal(0) }),
  test: z.object({ accuracy: z.number(), meanAveragePrecision: z.number(), classes: z.array(z.object({})) }),
});

describe("two tones that may sound together", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "earshot-tones-"));
  const model = path.join(folder, "runs/tones/model.onnx");

  beforeAll(async () => {
    const rows = ["file,labels"];
    for (const labels of sets)
      for (let take = 0; take < 15; take++) {
        const name = `${labels.join("-") || "none"}_${take}.wav`;
        addFiles(path.join(folder, "sounds"), {
          [name]: encodeWav({ samples: makeSamples(labels, name), sampleRateHz }),
        });
        rows.push(`${name},${labels.join(";")}`);
      }
    addFiles(path.join(folder, "sounds"), { "labels.csv": rows.join("\n") });
    const settings = [
      "--data",
      "sounds",
      "--recipe",
      "report",
      "--epochs",
      "12",
      "--batch-size",
      "8",
      "--extractor",
      "graph",
      "--window-seconds",
      "1",
      "--protocol",
      "holdout",
    ];
    const refused = await runCommand(folder, "start", ...settings);
    expect(refused).toMatchObject({ code: 1 });
    expect(refused.stderr).toContain("--multi-label trains on all of them");
    const run = await runCommand(folder, "start", ...settings, "--multi-label", "--run", "tones");
    expect(run, run.stderr).toMatchObject({ code: 0 });
    expect(run.stdout).toMatch(/15 of 60 clips have several classes\n[^]*15 clips have none of the classes/);
    expect(run.stdout).toMatch(/parity +passed on cpu/);
  });

  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it("are learnt each by itself, and reported by mean average precision and class", async () => {
    const result = resultSchema.parse(
      JSON.parse(await readFile(path.join(folder, "runs/tones/result.json"), "utf8")),
    );
    expect(result.test.meanAveragePrecision).toBeGreaterThan(0.95);
    const report = await readFile(path.join(folder, "runs/tones/report.md"), "utf8");
    expect(report).toMatch(/\| network \| split \| trainings \| clips \| mAP \|/);
    expect(report).toMatch(/\| high \| \d+ \|/);
    const page = await readFile(path.join(folder, "runs/tones/report.html"), "utf8");
    expect(page).toContain("Mean average precision");
    expect(page).not.toContain("confusion matrix of");
  });

  it("are both named in one file, each with its own probability, and one and none of them elsewhere", async () => {
    await using classifier = await createClassifier(model);
    expect(classifier.info).toMatchObject({ labelling: "several", format: 3, verified: true });
    for (const labels of sets) {
      const samples = makeSamples(labels, `new ${labels.join()}`);
      const answer = await classifier.classify({ samples, sampleRateHz }, { thresholds: 0.5 });
      expect(answer.named.map(({ label }) => label).sort(), labels.join()).toEqual(labels);
      expect(answer.best).toEqual(answer.named[0]);
      for (const { probability } of answer.named) expect(probability).toBeGreaterThan(0.5);
    }
    const silence = await classifier.classify({ samples: new Float32Array(sampleRateHz), sampleRateHz });
    expect(silence).toMatchObject({ named: [], rejected: true });
  });

  it("are events that overlap", async () => {
    await using classifier = await createClassifier(model);
    const parts = [[], ["low"], ["high", "low"], ["high"], []] as const;
    const samples = new Float32Array(
      parts.flatMap((labels, part) => [...makeSamples(labels, `part ${part}`, 3)]),
    );
    const events: SoundEvent[] = [];
    for await (const event of classifier.findEvents({ samples, sampleRateHz }, { thresholds: 0.5 }))
      events.push(event);
    const find = (label: Label) => events.filter((event) => event.label === label);
    for (const [label, start, end] of [
      ["low", 3, 9],
      ["high", 6, 12],
    ] as const) {
      expect(find(label), label).toHaveLength(1);
      const [event] = find(label);
      expect(Math.abs((event?.startSeconds ?? NaN) - start)).toBeLessThan(0.6);
      expect(Math.abs((event?.endSeconds ?? NaN) - end)).toBeLessThan(0.6);
    }
  });

  it("are both printed by predict", async () => {
    const files = ["sounds/high-low_3.wav", "sounds/low_3.wav"];
    const { stdout } = await runCommand(
      folder,
      "predict",
      "--model",
      model,
      ...files,
      "--threshold",
      "0.5",
      "--json",
    );
    const answers = z.array(z.object({ named: z.array(z.string()) })).parse(JSON.parse(stdout));
    expect(answers.map(({ named }) => named.toSorted())).toEqual([["high", "low"], ["low"]]);
  });

  describeWithOracle("in Python", () => {
    it("have the sigmoid of the logits as their probabilities", async () => {
      const script = `
import json, sys
import numpy as np, onnxruntime
session = onnxruntime.InferenceSession(sys.argv[1])
about = json.loads(session.get_modelmeta().custom_metadata_map["earshot"])
samples = np.frombuffer(sys.stdin.buffer.read(), np.float32)[None]
logits, probabilities = session.run(["logits", "probabilities"], {"samples": samples})
expected = 1 / (1 + np.exp(-logits.astype(np.float64) / about["temperature"]))
named = [label for label, p in zip(about["labels"], probabilities[0]) if p >= 0.5]
print(json.dumps({"error": float(np.abs(expected - probabilities).max()), "named": named}))
`;
      await using classifier = await createClassifier(model);
      const rateHz = classifier.info.sampleRateHz;
      const samples = makeSamples(["high", "low"], "python", 1, rateHz);
      const { error, named } = z
        .object({ error: z.number(), named: z.array(z.string()) })
        .parse(JSON.parse((await runPython(script, new Uint8Array(samples.buffer), [model])).toString()));
      expect(error).toBeLessThan(1e-6);
      expect(named).toEqual(["high", "low"]);
    });
  });
});
