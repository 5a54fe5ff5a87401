/** One of our extractors, or Meyda, on the features benchmark. */
import * as ort from "onnxruntime-node";
import * as z from "zod";
import { createRandom } from "../../datasets/random.ts";
import type { FeatureExtractor } from "../../features/extractor.ts";
import { defaultFeatureConfig } from "../../features/feature-config.ts";
import { createGraphExtractor } from "../../features/graph-extractor.ts";
import { createMeydaExtractor } from "../../features/meyda-extractor.ts";
import { readSettings, readVersion, serveRounds, timeRuns } from "./serve-rounds.ts";

const settings = z
  .object({
    extractor: z.enum(["meyda", "graph-float64", "graph-split", "graph-float32"]),
    threads: z.number(),
  })
  .parse(readSettings());
const runsPerRound = { meyda: 2, graph: 20 };
const config = defaultFeatureConfig;
const clipSamples = config.sampleRateHz * config.clipSeconds;

async function createExtractor(): Promise<FeatureExtractor> {
  const session = { intraOpNumThreads: settings.threads, interOpNumThreads: 1 };
  switch (settings.extractor) {
    case "meyda":
      return createMeydaExtractor(config);
    case "graph-float64":
      return createGraphExtractor(config, ort, { session, precision: "float64" });
    case "graph-split":
      return createGraphExtractor(config, ort, { session, precision: "split" });
    case "graph-float32":
      return createGraphExtractor(config, ort, { session, precision: "float32" });
  }
}

function makeNoise(samples: number): Float32Array {
  const random = createRandom(1, "features benchmark");
  return Float32Array.from({ length: samples }, () => random.next() - 0.5);
}

/** Noise, then a loud tone, where rounding is heard, then silence. */
function makeHardSound(): Float32Array {
  const noise = makeNoise(3 * 8192);
  return noise.map((sample, index) => {
    if (index < 8192) return sample;
    return index < 2 * 8192 ? Math.sin((2 * Math.PI * 440 * index) / config.sampleRateHz) : 0;
  });
}

/** Largest difference of log-mel to Meyda's. */
async function measureDifference(extractor: FeatureExtractor): Promise<number> {
  const sound = makeHardSound();
  const ours = await extractor.extract(sound);
  const theirs = await createMeydaExtractor(config).extract(sound);
  const differences = ours.values.map((value, index) => Math.abs(value - (theirs.values[index] ?? NaN)));
  return differences.reduce((largest, difference) => Math.max(largest, difference), 0);
}

const extractor = await createExtractor();
const { name } = extractor;
const engine = name === "meyda" ? "meyda" : "onnxruntime-node";
const difference = await measureDifference(extractor);
const sound = makeNoise(clipSamples);
await serveRounds(
  {
    versions: { [engine]: readVersion(engine) },
    note: `at most ${difference.toExponential(1)} off Meyda's numbers`,
  },
  () => timeRuns(runsPerRound[name], () => extractor.extract(sound)),
);
await extractor.dispose();
