/** One point of the growth benchmark: prints the seconds of the work, without what prepares it, and its peak memory. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import * as z from "zod";
import "@tensorflow/tfjs";
import { createFeatureCache } from "../../datasets/cache/feature-cache.ts";
import { openFeatureSet } from "../../datasets/feature-set.ts";
import { readDataset } from "../../datasets/read-dataset.ts";
import { defaultFeatureConfig } from "../../features/feature-config.ts";
import { createNetwork } from "../../models/create-network.ts";
import { networkConfigSchema } from "../../models/network-config.ts";
import { createClassifier, openScorer } from "../../runtime/node.ts";
import { exportUntrained } from "../export/export-untrained.ts";
import { makeInput } from "../inference/inference-settings.ts";
import { readSettings } from "../measure/serve-rounds.ts";
import { writeClips, writeRecording } from "./write-sounds.ts";

const { axis, size } = z
  .object({ axis: z.enum(["clips", "seconds", "classes", "batch"]), size: z.number() })
  .parse(readSettings());

/** Work that is prepared: run it for its cost. */
type Work = () => Promise<void>;

async function extractClips(folder: string): Promise<Work> {
  const sounds = path.join(folder, "sounds");
  await writeClips(sounds, size);
  return async () => {
    const cacheFolder = path.join(folder, "cache");
    const cache = createFeatureCache({
      folder: cacheFolder,
      config: defaultFeatureConfig,
      extractor: "graph",
    });
    await openFeatureSet(await readDataset(sounds), cache);
    await cache.dispose();
  };
}

async function hearRecording(folder: string): Promise<Work> {
  const file = path.join(folder, "recording.wav");
  await writeRecording(file, size);
  const classifier = await createClassifier(exportCnn(10, "samples"), { allowUnverified: true });
  return async () => {
    let entries = 0;
    for await (const { endSeconds } of classifier.classifyLong(file)) entries += endSeconds > 0 ? 1 : 0;
    if (entries === 0) throw new Error(`${file}: expected a timeline, got none`);
    await classifier.dispose();
  };
}

function exportAndAnswer(): Promise<Work> {
  return Promise.resolve(async () => {
    const scorer = await openScorer<number[]>(exportCnn(size, "features"));
    for (let clip = 0; clip < 20; clip++) {
      const { values, shape } = makeInput({ input: "features", batch: 1 });
      await scorer.score(values, shape);
    }
    await scorer.dispose();
  });
}

async function answerBatch(): Promise<Work> {
  const scorer = await openScorer<number[]>(exportCnn(10, "features"));
  const { values, shape } = makeInput({ input: "features", batch: size });
  await scorer.score(values, shape); // the first allocates
  return async () => {
    await scorer.score(values, shape);
    await scorer.dispose();
  };
}

function exportCnn(classes: number, input: "features" | "samples"): Uint8Array {
  const network = networkConfigSchema.parse({ architecture: "cnn", classes });
  return exportUntrained(createNetwork(network, 1), input, classes).bytes;
}

const prepare = { clips: extractClips, seconds: hearRecording, classes: exportAndAnswer, batch: answerBatch };
const folder = await mkdtemp(path.join(tmpdir(), "earshot-growth-"));
try {
  const work = await prepare[axis](folder);
  const start = performance.now();
  await work();
  const seconds = (performance.now() - start) / 1000;
  console.log(JSON.stringify({ seconds, megabytes: process.resourceUsage().maxRSS / 1024 }));
} finally {
  await rm(folder, { recursive: true, force: true });
}
