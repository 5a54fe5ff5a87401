/** One of our extractors, or Meyda, on the features benchmark. */
import * as ort from "onnxruntime-node";
import * as z from "zod";
import type { FeatureExtractor } from "../../features/extractor.ts";
import { defaultFeatureConfig } from "../../features/feature-config.ts";
import { createGraphExtractor } from "../../features/graph-extractor.ts";
import { createMeydaExtractor } from "../../features/meyda-extractor.ts";
import { makeClip, measureDifference } from "./feature-sounds.ts";
import { readSettings, readVersion, serveRounds, timeRuns } from "./serve-rounds.ts";

const settings = z
  .object({
    extractor: z.enum(["meyda", "graph-float64", "graph-split", "graph-float32"]),
    threads: z.number(),
  })
  .parse(readSettings());
const runsPerRound = { meyda: 2, graph: 20 };
const config = defaultFeatureConfig;

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

const extractor = await createExtractor();
const { name } = extractor;
const engine = name === "meyda" ? "meyda" : "onnxruntime-node";
const difference = await measureDifference(extractor);
const sound = makeClip();
await serveRounds(
  {
    versions: { [engine]: readVersion(engine) },
    note: `at most ${difference.toExponential(1)} off Meyda's numbers`,
  },
  () => timeRuns(runsPerRound[name], () => extractor.extract(sound)),
);
await extractor.dispose();
