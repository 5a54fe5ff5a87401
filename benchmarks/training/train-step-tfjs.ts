/** One engine of the train-step benchmark: a network and an optimiser, as any TF.js program writes their step. */
import * as z from "zod";
import { loadEngine } from "../../training/engine.ts";
import { readSettings, serveRounds, timeRuns } from "../measure/serve-rounds.ts";
import { prepareStep } from "./benchmark-step.ts";

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
const runStep = prepareStep(settings);

await serveRounds({ versions: { [name]: version } }, () => timeRuns(stepsPerRound, runStep));
