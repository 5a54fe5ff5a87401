import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import onnxProto from "onnx-proto";
import * as ort from "onnxruntime-node";
import { afterAll, describe, expect, it } from "vitest";
import { decodeAudio } from "../../features/decode.ts";
import type { FeatureExtractor } from "../../features/extractor.ts";
import { countFrames, defaultFeatureConfig, type FeatureConfig } from "../../features/feature-config.ts";
import {
  addLogNodes,
  addMelPowerNodes,
  buildFeatureGraph,
  type FeatureGraphOptions,
} from "../../features/feature-graph.ts";
import { createGraphExtractor } from "../../features/graph-extractor.ts";
import { createMeydaExtractor } from "../../features/meyda-extractor.ts";
import { GraphBuilder } from "../../onnx/graph-builder.ts";
import { hasRealClips, readRealClips } from "./real-clips.ts";
import { findLargestDifference, makeNoise, makeTone } from "./signals.ts";

const small: FeatureConfig = {
  ...defaultFeatureConfig,
  sampleRateHz: 16_000,
  windowSamples: 512,
  hopSamples: 128,
  melBands: 40,
};
const oneThread = { session: { intraOpNumThreads: 1 } };
const extractors: FeatureExtractor[] = [];

type Precision = NonNullable<FeatureGraphOptions["precision"]>;

async function createGraph(
  config: FeatureConfig,
  precision: Precision = "float64",
): Promise<FeatureExtractor> {
  const extractor = await createGraphExtractor(config, ort, { ...oneThread, precision });
  extractors.push(extractor);
  return extractor;
}

afterAll(async () => {
  await Promise.all(extractors.map((extractor) => extractor.dispose()));
});

/** Largest difference of log-mel between graph and Meyda. */
async function compareWithMeyda(
  config: FeatureConfig,
  precision: Precision,
  ...sounds: Float32Array[]
): Promise<number> {
  const graph = await createGraph(config, precision);
  const meyda = createMeydaExtractor(config);
  let largest = 0;
  for (const sound of sounds) {
    const ours = await graph.extract(sound);
    const theirs = await meyda.extract(sound);
    expect([ours.frames, ours.bands]).toEqual([theirs.frames, theirs.bands]);
    largest = Math.max(largest, findLargestDifference(ours.values, theirs.values));
  }
  return largest;
}

describe.each(["float64", "split"] as const)("Meyda's numbers, to 1e-4, in %s", (precision) => {
  it("for noise, silence, clicks, tones, constants and full-scale squares", async () => {
    const samples = 3000;
    const square = (period: number): Float32Array =>
      Float32Array.from({ length: samples }, (_, index) => (index % period < period / 2 ? 1 : -1));
    const click = (place: number): Float32Array => new Float32Array(samples).fill(1, place, place + 1);
    const sounds = [
      makeNoise(samples, 1, 1),
      makeNoise(samples, 2, 1e-5),
      new Float32Array(samples),
      new Float32Array(samples).fill(1),
      ...[0, 700, 1500].map(click),
      ...[2, 3, 4, 7, 8, 64, 100, 441, 2048].map(square),
      ...[50, 440, 5000, 20_000].map((frequencyHz) => makeTone(samples, frequencyHz, 44_100, 1)),
    ];
    expect(await compareWithMeyda(defaultFeatureConfig, precision, ...sounds)).toBeLessThan(1e-4);
  });

  it("for any mixture of them", async () => {
    const graph = await createGraph(small, precision);
    const meyda = createMeydaExtractor(small);
    const level = fc.constantFrom(0, 1e-4, 0.1, 1);
    await fc.assert(
      fc.asyncProperty(
        fc.record({ noise: level, tone: level, square: level, click: level }),
        fc.integer({ min: 1, max: 2 ** 31 - 1 }),
        fc.double({ min: 10, max: 8000, noNaN: true }),
        fc.integer({ min: 2, max: 900 }),
        async (levels, seed, frequencyHz, period) => {
          const tone = makeTone(900, frequencyHz, 16_000, levels.tone);
          const sound = makeNoise(900, seed, levels.noise).map(
            (sample, index) =>
              sample +
              (tone[index] ?? 0) +
              (index % period < period / 2 ? levels.square : -levels.square) +
              (index === period ? levels.click : 0),
          );
          const ours = await graph.extract(sound);
          const theirs = await meyda.extract(sound);
          expect(findLargestDifference(ours.values, theirs.values)).toBeLessThan(1e-4);
        },
      ),
      { numRuns: 60, seed: 1 },
    );
  });

  it.each([
    { windowSamples: 64, hopSamples: 64, melBands: 1, sampleRateHz: 8000 },
    { windowSamples: 64, hopSamples: 1, melBands: 20, sampleRateHz: 2000 },
    { windowSamples: 128, hopSamples: 32, melBands: 256, sampleRateHz: 8000 },
    { windowSamples: 256, hopSamples: 256, melBands: 13, sampleRateHz: 11_025 },
    { windowSamples: 1024, hopSamples: 256, melBands: 256, sampleRateHz: 22_050 },
    { windowSamples: 4096, hopSamples: 1024, melBands: 128, sampleRateHz: 48_000 },
    { windowSamples: 8192, hopSamples: 2048, melBands: 96, sampleRateHz: 192_000 },
  ])("for $windowSamples / $hopSamples, $melBands bands at $sampleRateHz Hz", async (settings) => {
    const config = { ...defaultFeatureConfig, ...settings };
    const samples = config.windowSamples + 3 * config.hopSamples + 17;
    const sounds = [
      makeNoise(samples, 1),
      makeTone(samples, config.sampleRateHz / 5, config.sampleRateHz, 1),
    ];
    expect(await compareWithMeyda(config, precision, ...sounds)).toBeLessThan(1e-4);
  });

  it("with another sample scale", async () => {
    expect(await compareWithMeyda({ ...small, sampleScale: 1 }, precision, makeNoise(2000, 1))).toBeLessThan(
      1e-6,
    );
  });
});

it.runIf(hasRealClips)(
  "is within 1e-4 of Meyda for the first 2 s of two real clips of each class",
  { timeout: 120_000 },
  async () => {
    const graphs = [
      await createGraph(defaultFeatureConfig),
      await createGraph(defaultFeatureConfig, "split"),
    ];
    const meyda = createMeydaExtractor(defaultFeatureConfig);
    for (const { name, bytes } of readRealClips(20)) {
      const samples = (await decodeAudio(bytes, name)).samples.slice(0, 88_200);
      const theirs = await meyda.extract(samples);
      for (const graph of graphs) {
        const ours = await graph.extract(samples);
        expect(findLargestDifference(ours.values, theirs.values), name).toBeLessThan(1e-4);
      }
    }
  },
);

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
      { numRuns: 40, seed: 1 },
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

describe("the extractor", () => {
  it("gives no frames for less than a window", async () => {
    const graph = await createGraph(small);
    for (const length of [0, 1, 511]) {
      expect(await graph.extract(new Float32Array(length))).toEqual({
        values: new Float32Array(0),
        frames: 0,
        bands: 40,
      });
    }
  });

  it("gives the same frames whether a sound fits one block or needs several", async () => {
    const graph = await createGraph(small); // 256 frames a block
    const sound = makeNoise(128 * 600 + 512, 1);
    const whole = await graph.extract(sound);
    expect(whole.frames).toBe(601);
    for (const frame of [0, 254, 255, 256, 257, 511, 512, 513, 600]) {
      const alone = await graph.extract(sound.slice(frame * 128, frame * 128 + 512));
      const row = whole.values.subarray(frame * 40, (frame + 1) * 40);
      expect(findLargestDifference(row, alone.values), `frame ${frame}`).toBeLessThan(1e-5);
    }
  });

  it("refuses what the graph cannot do, all problems together, with what it could", async () => {
    const config = { ...small, windowSamples: 500, clipSeconds: 0.001 };
    await expect(createGraph(config)).rejects.toThrow(
      /^feature config: windowSamples: expected a power of two from 64 to 32768, got 500; clipSeconds: .*; hopSamples: /,
    );
    await expect(createGraph({ ...small, windowSamples: 64, hopSamples: 48 })).rejects.toThrow(
      "hopSamples: the graph expects a divisor of the window (1, 2, 4, 8, 16, 32, 64), got 48",
    );
    expect(() => createMeydaExtractor({ ...small, hopSamples: 513 })).toThrow(
      "expected at most the window of 512",
    );
  });
});
