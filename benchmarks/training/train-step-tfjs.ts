/** One engine of the train-step benchmark: a network and an optimiser, as any TF.js program writes their step. */
import * as tf from "@tensorflow/tfjs";
import * as z from "zod";
import { compileStep } from "../../tfjs-backend-onnxruntime/index.ts";
import { loadEngine } from "../../training/engine.ts";
import { readSettings, serveRounds, timeRuns } from "../measure/serve-rounds.ts";
import { batch, createStep, makeBatch } from "./benchmark-step.ts";

const settings = z
  .object({
    engine: z.enum(["onnxruntime", "onnxruntime-cuda", "tfjs-node"]),
    compiled: z.boolean().default(false),
    network: z.enum(["cnn", "cnn-transformer"]),
    optimiser: z.enum(["sgd", "adamw"]),
    threads: z.number(),
  })
  .parse(readSettings());
const stepsPerRound = 5;

const { name, version } = await loadEngine(settings.engine, settings.threads);
const { values, labels } = makeBatch();
const { step: plain, listRates } = createStep(settings);
const step = settings.compiled ? compileStep(plain) : plain;

await serveRounds({ versions: { [name]: version } }, () =>
  timeRuns(stepsPerRound, async () => {
    const [loss] = tf.tidy(() =>
      step(tf.tensor3d(values, [batch.clips, batch.frames, batch.bands]), labels, ...listRates()),
    );
    await loss?.data();
    loss?.dispose();
  }),
);
