/** The plain loop over Meyda and TF.js on the stream benchmark. */
import * as tf from "@tensorflow/tfjs";
import * as z from "zod";
import { countFrames, defaultFeatureConfig } from "../../features/feature-config.ts";
import { countClipSamples } from "../../features/fit-clip.ts";
import { createMeydaExtractor } from "../../features/meyda/meyda-extractor.ts";
import { createNetwork } from "../../models/create-network.ts";
import { networkConfigSchema } from "../../models/network-config.ts";
import { loadTfjsBackend } from "./load-tfjs-backend.ts";
import { readSettings, readVersion, serveRounds } from "../measure/serve-rounds.ts";
import { blockSamples, makeBlocks, timeStream } from "./stream-sound.ts";

const { network, threads, backend } = z
  .object({
    network: z.enum(["cnn", "cnn-transformer"]),
    threads: z.number(),
    backend: z.enum(["tensorflow", "wasm"]),
  })
  .parse(readSettings());
const versions = await loadTfjsBackend(backend, threads);
const model = createNetwork(networkConfigSchema.parse({ architecture: network }), 1);
const { fftSamples, sampleRateHz, melBands } = defaultFeatureConfig;
const windowFrames = countFrames(defaultFeatureConfig, countClipSamples(defaultFeatureConfig));
const extractor = createMeydaExtractor(defaultFeatureConfig);
const blocks = makeBlocks();

async function answer(frames: readonly Float32Array[]): Promise<void> {
  const input = new Float32Array(windowFrames * melBands);
  frames.forEach((frame, index) => {
    input.set(frame, index * melBands);
  });
  const probabilities = tf.tidy(() => {
    const logits = model.predict(tf.tensor3d(input, [1, windowFrames, melBands]));
    if (Array.isArray(logits)) throw new TypeError("expected one output");
    return tf.softmax(logits);
  });
  await probabilities.data();
  probabilities.dispose();
}

async function listen(): Promise<Record<string, number[]>> {
  const recent = new Float32Array(fftSamples);
  const frames: Float32Array[] = [];
  return timeStream(blocks, sampleRateHz, async (block, completesWindow) => {
    recent.copyWithin(0, blockSamples);
    recent.set(block, fftSamples - blockSamples);
    frames.push((await extractor.extract(recent)).values);
    if (frames.length > windowFrames) frames.shift();
    if (completesWindow) await answer(frames);
  });
}

await serveRounds({ versions: { ...versions, meyda: readVersion("meyda") } }, listen);
