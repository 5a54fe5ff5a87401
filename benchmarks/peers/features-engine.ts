/**
 * One of our extractors on the features benchmark, in a process of its own: `tsx features-engine.ts graph-float64`.
 * Speaks the benchmark's protocol: one JSON line with versions, then for each line read one JSON list of milliseconds.
 */
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import * as ort from "onnxruntime-node";
import { createRandom } from "../../datasets/random.ts";
import type { FeatureExtractor } from "../../features/extractor.ts";
import { defaultFeatureConfig } from "../../features/feature-config.ts";
import { createGraphExtractor } from "../../features/graph-extractor.ts";
import { createMeydaExtractor } from "../../features/meyda-extractor.ts";

const runsPerRound = { meyda: 2, graph: 20 };
const config = defaultFeatureConfig;
const clipSamples = config.sampleRateHz * config.clipSeconds;

async function createExtractor(engine: string): Promise<FeatureExtractor> {
  const session = { intraOpNumThreads: 1, interOpNumThreads: 1 };
  switch (engine) {
    case "meyda":
      return createMeydaExtractor(config);
    case "graph-float64":
      return createGraphExtractor(config, ort, { session, precision: "float64" });
    case "graph-split":
      return createGraphExtractor(config, ort, { session, precision: "split" });
    case "graph-float32":
      return createGraphExtractor(config, ort, { session, precision: "float32" });
    default:
      throw new RangeError(`expected an engine, got ${engine}`);
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

function readVersion(name: string): string {
  const path = new URL(`../../node_modules/${name}/package.json`, import.meta.url);
  const text: unknown = JSON.parse(readFileSync(path, "utf8"));
  return typeof text === "object" && text !== null && "version" in text ? String(text.version) : "unknown";
}

const extractor = await createExtractor(process.argv[2] ?? "");
const versions = {
  node: process.versions.node,
  ...(extractor.name === "meyda"
    ? { meyda: readVersion("meyda") }
    : { "onnxruntime-node": readVersion("onnxruntime-node") }),
};
console.log(JSON.stringify({ versions, largestDifference: await measureDifference(extractor) }));
const sound = makeNoise(clipSamples);
await extractor.extract(sound);
const requests = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
while ((await requests.next()).done !== true) {
  const times: number[] = [];
  for (let run = 0; run < runsPerRound[extractor.name]; run++) {
    const start = performance.now();
    await extractor.extract(sound);
    times.push(performance.now() - start);
  }
  console.log(JSON.stringify(times));
}
await extractor.dispose();
