import * as ort from "onnxruntime-node";
import { describe, expect, it } from "vitest";
import { createRandom } from "../../common/random.ts";
import { exportBackboneModel } from "../../export/export-backbone-model.ts";
import type { ExportableHead } from "../../export/head-nodes.ts";
import { createBackboneEmbedder } from "../../features/backbone/backbone-embedder.ts";
import { openBackbone } from "../../features/backbone/open-backbone.ts";
import { openReferenceScorer } from "../../pipeline/backbones/reference-scorer.ts";
import { createClassifier } from "../../runtime/node.ts";
import { buildTinyBackbone, tinyDimensions, tinyWindowSamples } from "../features/backbone/tiny-backbone.ts";

const labels = ["one", "two", "three"];
const random = createRandom(7, "backbone model");
const drawNumbers = (length: number): Float64Array =>
  Float64Array.from({ length }, () => 3 * random.normal());
const columns = 2 * tinyDimensions;
const linearHead = {
  weights: { rows: labels.length, columns, values: drawNumbers(labels.length * columns) },
  bias: drawNumbers(labels.length),
};

/** Clips of five, three and two of the classes. */
const neighbourHead = {
  weights: { rows: 10, columns, values: drawNumbers(10 * columns) },
  bias: new Float64Array(10),
  nearest: { labels: [2, 0, 1, 0, 0, 2, 1, 0, 1, 0], classes: labels.length, count: 2 },
};

const drawSound = (length: number, silentBefore = 0, silentAfter = 0): Float32Array =>
  Float32Array.from({ length }, (_, index) =>
    index < silentBefore || index >= length - silentAfter ? 0 : 0.3 * random.normal(),
  );

const sounds = [
  ["one window", drawSound(tinyWindowSamples)],
  ["shorter than a window, repeated", drawSound(21)],
  ["windows that fill the sound", drawSound(tinyWindowSamples + 96)],
  ["a last window that ends with the sound", drawSound(333)],
  ["silence at both ends", drawSound(400, 111, 150)],
  ["all but 30 samples silent", drawSound(400, 170, 200)],
  ["silence", new Float32Array(200)],
  ["one sample", Float32Array.of(0.5)],
] as const;

async function openModel(opset?: number, head: ExportableHead = linearHead) {
  const bytes = buildTinyBackbone(opset === undefined ? {} : { opset });
  const backbone = await openBackbone(bytes, "tiny.onnx", { sampleRateHz: 8000 }, ort);
  const loaded = { backbone, bytes, file: "tiny.onnx" };
  const metadata = { program: "test", metrics: {} };
  return { loaded, model: exportBackboneModel(loaded, head, { labels, metadata }) };
}

describe.each([13, 17, 18, 20])("a model around a backbone, opset %i", (opset) => {
  it.each([
    ["a linear head", linearHead],
    ["nearest neighbours", neighbourHead],
  ])("answers as the backbone window by window and %s do", async (_, head) => {
    const { loaded, model } = await openModel(opset, head);
    const reference = await openReferenceScorer(loaded, head);
    const session = await ort.InferenceSession.create(model);
    for (const [title, samples] of sounds) {
      const expected = await reference.score(samples);
      const { logits } = await session.run({
        samples: new ort.Tensor("float32", samples, [1, samples.length]),
      });
      const ours = logits?.data;
      if (!(ours instanceof Float32Array)) throw new Error("expected float32 logits");
      const difference = Math.max(...ours.map((value, index) => Math.abs(value - (expected[index] ?? NaN))));
      expect(difference, title).toBeLessThan(1e-4);
    }
    await reference.dispose();
    await session.release();
  });
});

describe("a model around a backbone", () => {
  it("gives each sound of a batch the answer that it has alone, however many windows the others have", async () => {
    const { model } = await openModel();
    const session = await ort.InferenceSession.create(model);
    const batch = [drawSound(400), drawSound(400, 180, 170), drawSound(400, 20, 250), new Float32Array(400)];
    const run = async (values: Float32Array, clips: number): Promise<Float32Array> => {
      const { logits } = await session.run({ samples: new ort.Tensor("float32", values, [clips, 400]) });
      if (!(logits?.data instanceof Float32Array)) throw new Error("expected float32 logits");
      return logits.data;
    };
    const joined = new Float32Array(4 * 400);
    for (const [index, samples] of batch.entries()) joined.set(samples, index * 400);
    const together = await run(joined, 4);
    for (const [index, samples] of batch.entries()) {
      const alone = await run(samples, 1);
      for (const [label, logit] of alone.entries()) expect(together[index * 3 + label]).toBeCloseTo(logit, 4);
    }
    await session.release();
  });

  it("is a model like any other for the runtime: clip, timeline, events, stream, embedding, two minutes", async () => {
    const { model } = await openModel();
    const classifier = await createClassifier(model, { allowUnverified: true });
    const samples = drawSound(8000);
    const [best] = await classifier.classify({ samples, sampleRateHz: 8000 });
    expect(labels).toContain(best.label);
    const entries = [];
    for await (const entry of classifier.classifyLong({ samples, sampleRateHz: 8000 }, { hopSeconds: 0.008 }))
      entries.push(entry);
    expect(entries.length).toBeGreaterThan(100);
    const events = [];
    for await (const event of classifier.findEvents({ samples, sampleRateHz: 8000 })) events.push(event);
    const stream = classifier.stream({ sampleRateHz: 8000, hopSeconds: 0.004 });
    const found = (async () => {
      const list = [];
      for await (const event of stream) list.push(event);
      return list;
    })();
    await stream.push(samples);
    stream.end();
    expect(await found).toEqual(events);
    expect(await classifier.embed({ samples, sampleRateHz: 8000 })).toHaveLength(2 * tinyDimensions);
    const parts = await classifier.embedWindows({ samples, sampleRateHz: 8000 });
    expect(parts).toHaveLength((2 * samples.length) / tinyWindowSamples - 1);
    for (const { startSeconds, endSeconds, embedding } of [parts[0], parts[7], parts.at(-1)].flatMap(
      (part) => part ?? [],
    )) {
      const part = samples.slice(Math.round(8000 * startSeconds), Math.round(8000 * endSeconds));
      expect(part).toHaveLength(tinyWindowSamples);
      expect(embedding).toEqual(await classifier.embed({ samples: part, sampleRateHz: 8000 }));
    }
    expect(await classifier.classify({ samples: drawSound(120 * 8000), sampleRateHz: 8000 })).toHaveLength(3);
    await classifier.dispose();
  });

  it("has the same embedding with nearest neighbours as with a linear head", async () => {
    const sound = { samples: drawSound(500), sampleRateHz: 8000 };
    const embeddings: Float32Array[] = [];
    for (const head of [linearHead, neighbourHead]) {
      const { model } = await openModel(17, head);
      const classifier = await createClassifier(model, { allowUnverified: true });
      embeddings.push(await classifier.embed(sound));
      await classifier.dispose();
    }
    expect(embeddings[0]).toEqual(embeddings[1]);
  });

  it("embeds a sound by the same windows", async () => {
    const { loaded } = await openModel();
    const embedder = await createBackboneEmbedder(loaded, ort);
    const { windows, dimensions, values } = await embedder.embed(drawSound(333));
    expect({ windows, dimensions, values: values.length }).toEqual({
      windows: 10,
      dimensions: 5,
      values: 50,
    });
    await embedder.dispose();
  });
});
