import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import onnxProto from "onnx-proto";
import * as ort from "onnxruntime-node";
import { describe, expect, it } from "vitest";
import { countFrames, defaultFeatureConfig } from "../../../features/feature-config.ts";
import { addLogNodes, addMelPowerNodes, buildFeatureGraph } from "../../../features/graph/feature-graph.ts";
import { GraphBuilder } from "../../../onnx/graph-builder.ts";
import { compareWithMeyda, createGraph, oneThread, small } from "../meyda/compare-with-meyda.ts";
import { findLargestDifference, makeNoise, makeTone } from "../signals.ts";

describe("the graph itself", () => {
  it("takes any batch and length, and gives countFrames frames", async () => {
    const session = await ort.InferenceSession.create(buildFeatureGraph(small), oneThread.session);
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 3 }),
        fc.integer({ min: 512, max: 3000 }),
        async (batch, length) => {
          const sounds = makeNoise(batch * length, length);
          const tensor = new ort.Tensor("float32", sounds, [batch, length]);
          const { features } = await session.run({ samples: tensor });
          expect(features?.dims).toEqual([batch, countFrames(small, length), 40]);
        },
      ),
      { numRuns: 40 },
    );
    await session.release();
  });

  it("gives each sound of a batch what it gives the sound alone", async () => {
    const session = await ort.InferenceSession.create(buildFeatureGraph(small), oneThread.session);
    const tensor = new ort.Tensor("float32", makeNoise(3000, 1), [3, 1000]);
    const { features } = await session.run({ samples: tensor });
    const alone = await (await createGraph(small, "split")).extract(makeNoise(3000, 1).slice(1000, 2000));
    const values = features?.data instanceof Float32Array ? features.data : new Float32Array(0);
    const middle = values.slice(values.length / 3, (2 * values.length) / 3);
    expect(findLargestDifference(middle, alone.values)).toBeLessThan(1e-5);
    await session.release();
  });

  it("leaves no operator that WebGPU or a small runtime lacks, once its constants are folded", async () => {
    const folder = mkdtempSync(join(tmpdir(), "earshot-graph-"));
    const file = join(folder, "folded.onnx");
    const options = { graphOptimizationLevel: "basic", optimizedModelFilePath: file } as const;
    const session = await ort.InferenceSession.create(buildFeatureGraph(defaultFeatureConfig), options);
    await session.release();
    const { graph } = onnxProto.onnx.ModelProto.decode(readFileSync(file));
    rmSync(folder, { recursive: true });
    const operators = new Set(graph?.node?.map((node) => node.opType));
    expect(operators).toContain("MatMul");
    for (const missing of ["STFT", "DFT", "Where", "Gather", "Mod", "If", "Loop", "Scan"]) {
      expect(operators).not.toContain(missing);
    }
  });

  it("is small, because matrices are looked up in a period of the cosine", () => {
    expect(buildFeatureGraph(defaultFeatureConfig).length).toBeLessThan(600_000);
  });

  it("can be cut between power and log, where the level belongs", async () => {
    const graph = new GraphBuilder();
    const power = addMelPowerNodes(graph, graph.addInput("samples", "float32", ["batch", "samples"]), small);
    graph.addOutput("power", power, "float32", ["batch", "frames", 40]);
    graph.addOutput("logMel", addLogNodes(graph, power), "float32", ["batch", "frames", 40]);
    const session = await ort.InferenceSession.create(graph.build(), oneThread.session);
    const tensor = new ort.Tensor("float32", makeNoise(1000, 1), [1, 1000]);
    const outputs = await session.run({ samples: tensor });
    const [powers, logMel] = [outputs.power?.data, outputs.logMel?.data];
    if (!(powers instanceof Float32Array) || !(logMel instanceof Float32Array))
      throw new TypeError("no floats");
    expect(findLargestDifference(powers.map(Math.log1p), logMel)).toBeLessThan(1e-5);
    await session.release();
  });

  it("is a unit away from Meyda for tones in plain float32, which is why it is not the default", async () => {
    const sound = makeTone(4096, 1000, 44_100, 1);
    expect(await compareWithMeyda(defaultFeatureConfig, "float32", makeNoise(4096, 1))).toBeLessThan(1e-4);
    expect(await compareWithMeyda(defaultFeatureConfig, "float32", sound)).toBeGreaterThan(0.1);
  });
});
