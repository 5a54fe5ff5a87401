/** The same network in TF.js, after Meyda where the input is a waveform, on the inference benchmark. */
import * as tf from "@tensorflow/tfjs";
import * as z from "zod";
import { defaultFeatureConfig } from "../../features/feature-config.ts";
import { createMeydaExtractor } from "../../features/meyda/meyda-extractor.ts";
import { createNetwork } from "../../models/create-network.ts";
import { networkConfigSchema } from "../../models/network-config.ts";
import { countRuns, makeInput, parseInferenceSettings } from "./inference-settings.ts";
import { loadTfjsBackend } from "./load-tfjs-backend.ts";
import { readSettings, readVersion, serveRounds, timeRuns } from "../measure/serve-rounds.ts";

const settings = parseInferenceSettings(readSettings());
const { backend } = z.object({ backend: z.enum(["tensorflow", "wasm"]) }).parse(readSettings());
const versions = await loadTfjsBackend(backend, settings.threads);
const model = createNetwork(networkConfigSchema.parse({ architecture: settings.network }), 1);
const { values, shape } = makeInput(settings);
const extractor = createMeydaExtractor(defaultFeatureConfig);

/** Log-mel of each clip as one tensor. */
async function extractBatch(): Promise<tf.Tensor> {
  const [batch = 1, samples = 0] = shape;
  const clips: tf.Tensor2D[] = [];
  for (let clip = 0; clip < batch; clip++) {
    const {
      values: logMel,
      frames,
      bands,
    } = await extractor.extract(values.subarray(clip * samples, (clip + 1) * samples));
    clips.push(tf.tensor2d(logMel, [frames, bands]));
  }
  const stacked = tf.stack(clips);
  tf.dispose(clips);
  return stacked;
}

async function answer(): Promise<void> {
  const input = settings.input === "samples" ? await extractBatch() : tf.tensor(values, shape);
  const logits = tf.tidy(() => model.predict(input));
  if (Array.isArray(logits)) throw new TypeError("expected one output");
  await logits.data();
  tf.dispose([input, logits]);
}

const meyda = settings.input === "samples" ? { meyda: readVersion("meyda") } : {};
await serveRounds({ versions: { ...versions, ...meyda } }, () => timeRuns(countRuns(settings), answer));
