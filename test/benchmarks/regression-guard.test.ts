// What a change must not make several times dearer, by counts and by ratios within one run, which other load on the
// machine hits alike. The margins are wide: `npm run bench` measures finely.
import * as ort from "onnxruntime-node";
import { describe, expect, it } from "vitest";
import "@tensorflow/tfjs";
import { exportUntrained } from "../../benchmarks/export/export-untrained.ts";
import { findMedian } from "../../benchmarks/measure/find-median.ts";
import { defaultFeatureConfig } from "../../features/feature-config.ts";
import { countClipSamples } from "../../features/fit-clip.ts";
import { createGraphExtractor } from "../../features/graph/graph-extractor.ts";
import { createMeydaExtractor } from "../../features/meyda/meyda-extractor.ts";
import { createNetwork } from "../../models/create-network.ts";
import { networkConfigSchema } from "../../models/network-config.ts";

describe.each([
  { architecture: "cnn", parameters: 641_034, nodes: 40 },
  { architecture: "cnn-transformer", parameters: 3_272_714, nodes: 140 },
] as const)("the exported $architecture", ({ architecture, parameters, nodes }) => {
  const model = createNetwork(networkConfigSchema.parse({ architecture }), 1);
  const exported = exportUntrained(model, "features");

  it(`has at most ${nodes} nodes`, () => {
    expect(exported.nodeCount).toBeLessThanOrEqual(nodes);
  });

  it("holds its weights and little else", () => {
    expect(exported.parameterCount).toBe(parameters);
    expect(exported.bytes.length).toBeLessThan(1.1 * 4 * parameters);
  });
});

it("the feature graph takes less than a tenth of Meyda's time", async () => {
  const session = { intraOpNumThreads: 1, interOpNumThreads: 1 };
  const graph = await createGraphExtractor(defaultFeatureConfig, ort, { session });
  const meyda = createMeydaExtractor(defaultFeatureConfig);
  const sound = new Float32Array(countClipSamples(defaultFeatureConfig)).map((_, index) => Math.sin(index));
  const time = async (extractor: typeof graph, runs: number): Promise<number> => {
    const start = performance.now();
    for (let run = 0; run < runs; run++) await extractor.extract(sound);
    return (performance.now() - start) / runs;
  };
  await time(graph, 1);
  const ratios: number[] = [];
  // Both for about as long, so that an interruption, which is longer than one run of the graph, hits both alike.
  for (let round = 0; round < 5; round++) ratios.push((await time(graph, 30)) / (await time(meyda, 1)));
  await graph.dispose();
  expect(findMedian(ratios)).toBeLessThan(0.1);
});
