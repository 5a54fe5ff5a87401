import { readFile } from "node:fs/promises";
import path from "node:path";
import * as ort from "onnxruntime-node";
import { describe, expect, it } from "vitest";
import { createRandom } from "../../common/random.ts";
import { exportBackboneModel } from "../../export/export-backbone-model.ts";
import { exportTaughtModel } from "../../export/export-taught-model.ts";
import { openBackbone } from "../../features/backbone/open-backbone.ts";
import { scoreRows } from "../../heads/linear-head.ts";
import { normaliseRows, stackRows } from "../../heads/matrix.ts";
import { cutHead } from "../../onnx/rewrite/cut-head.ts";
import { GraphBuilder } from "../../onnx/graph-builder.ts";
import { createClassifier } from "../../runtime/node.ts";
import { projectFolder } from "../../setup/run-tool.ts";
import { buildTinyBackbone, tinyDimensions } from "../features/backbone/tiny-backbone.ts";
import { askPython, describeWithOracle } from "../python/oracle.ts";
import { toNpy } from "../python/npy.ts";

const random = createRandom(3, "taught model");
const labels = ["door", "kettle", "background"];
const drawHead = (classes: number, columns: number) => ({
  weights: {
    rows: classes,
    columns,
    values: Float64Array.from({ length: classes * columns }, () => 3 * random.normal()),
  },
  bias: Float64Array.from({ length: classes }, () => random.normal()),
});
const options = { labels, program: "earshot test", metrics: {} };

const readIncludedModel = () => readFile(path.join(projectFolder, "pretrained/esc10.onnx"));

async function buildBackboneModel(): Promise<Uint8Array> {
  const bytes = buildTinyBackbone();
  const backbone = await openBackbone(bytes, "tiny.onnx", { sampleRateHz: 8000 }, ort);
  const metadata = { program: "test", metrics: {} };
  return exportBackboneModel({ backbone, bytes }, drawHead(3, 2 * tinyDimensions), { labels, metadata });
}

const bases = [
  ["the included network", readIncludedModel, 512],
  ["a backbone with a head", buildBackboneModel, 2 * tinyDimensions],
] as const;

describe.each(bases)("a model taught on %s", (_, readBase, columns) => {
  const head = drawHead(labels.length, columns);

  it("embeds as its own output of that name does, and answers as the head of those embeddings", async () => {
    const base = await readBase();
    await using classifier = await createClassifier(base, { allowUnverified: true });
    const { sampleRateHz } = classifier.info;
    const samples = Float32Array.from({ length: sampleRateHz }, () => 0.2 * random.normal());
    const embedding = await classifier.embed({ samples, sampleRateHz });
    const session = await ort.InferenceSession.create(base);
    const feeds = { samples: new ort.Tensor("float32", samples, [1, samples.length]) };
    const output = (await session.run(feeds)).embedding;
    expect(output?.dims).toEqual([1, columns]);
    expectNear([...embedding], output?.data, 1e-5);

    const taught = exportTaughtModel(base, head, options);
    const expected = scoreRows(head, normaliseRows(stackRows([embedding]))).values;
    await using again = await createClassifier(taught, { allowUnverified: true });
    expect(again.info.labels).toEqual(labels);
    expectNear(await readLogits(again, samples), expected, 1e-4);
  });

  it("can be taught again, as often as one likes", async () => {
    const base = await readBase();
    const once = exportTaughtModel(base, head, options);
    const twice = exportTaughtModel(
      exportTaughtModel(once, drawHead(2, columns), pairOptions),
      head,
      options,
    );
    await using first = await createClassifier(once, { allowUnverified: true });
    await using second = await createClassifier(twice, { allowUnverified: true });
    const samples = Float32Array.from({ length: first.info.sampleRateHz }, () => 0.2 * random.normal());
    expectNear(await readLogits(second, samples), await readLogits(first, samples), 1e-4);
    expect(second.info.network).toBe(first.info.network);
  });
});

const pairOptions = { ...options, labels: ["yes", "no"] };

it("does not cut a model whose logits do not come of a linear layer", () => {
  const graph = new GraphBuilder();
  const samples = graph.addInput("samples", "float32", ["batch", 3]);
  const squares = graph.addNode("Mul", [samples, samples]);
  graph.addOutput("logits", graph.addNode("Relu", [squares]), "float32", ["batch", 3]);
  expect(cutHead(graph.build())).toBeUndefined();
});

describeWithOracle("Python's onnx and onnxruntime", () => {
  it("find a taught model in order, and compute the same", async () => {
    const head = drawHead(labels.length, 512);
    const bytes = exportTaughtModel(await readIncludedModel(), head, options);
    const samples = Float32Array.from({ length: 44_100 }, () => 0.2 * random.normal());
    await using classifier = await createClassifier(bytes, { allowUnverified: true });
    const script = `
import onnx, onnxruntime
content = arrays["model"].tobytes()
onnx.checker.check_model(onnx.load_from_string(content), full_check=True)
session = onnxruntime.InferenceSession(content)
outputs["logits"] = session.run(["logits"], {"samples": arrays["samples"]})[0]
`;
    const { logits } = await askPython(script, {
      model: toNpy(bytes),
      samples: toNpy(samples, [1, samples.length]),
    });
    expectNear(await readLogits(classifier, samples), logits?.data, 1e-4);
  });
});

async function readLogits(
  classifier: Awaited<ReturnType<typeof createClassifier>>,
  samples: Float32Array,
): Promise<number[]> {
  const answer = await classifier.classify({ samples, sampleRateHz: classifier.info.sampleRateHz });
  return answer.toSorted((one, other) => one.index - other.index).map(({ logit }) => logit);
}

function expectNear(ours: readonly number[], theirs: unknown, tolerance: number): void {
  const values = theirs instanceof Float32Array || theirs instanceof Float64Array ? [...theirs] : theirs;
  if (!Array.isArray(values)) throw new Error("expected numbers to compare with");
  expect(values).toHaveLength(ours.length);
  const difference = Math.max(...ours.map((value, index) => Math.abs(value - Number(values[index]))));
  expect(difference).toBeLessThan(tolerance);
}
