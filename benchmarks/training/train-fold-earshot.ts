/** Our training on the train-fold benchmark: a job as `train` runs it. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import * as z from "zod";
import { loadEngine } from "../../training/engine.ts";
import { parseJob } from "../../run-files/job.ts";
import { runJob } from "../../training/loop/run-job.ts";
import { foldRoles, openFold } from "./open-fold.ts";
import { readSettings, serveRounds, timeRuns } from "../measure/serve-rounds.ts";

const settings = z
  .object({
    folder: z.string(),
    network: z.enum(["cnn", "cnn-transformer"]),
    epochs: z.number(),
    engine: z.enum(["onnxruntime", "tfjs-node"]),
    threads: z.number(),
  })
  .parse(readSettings());
const engine = await loadEngine(settings.engine, settings.threads);
const job = parseJob({
  network: { architecture: settings.network },
  folds: foldRoles,
  epochs: settings.epochs,
  optimiser: { name: "sgd", learningRate: 0.001, momentum: 0.9, nesterov: true },
});

async function train(): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), "earshot-bench-"));
  const { featureSet, cache } = await openFold(settings.folder);
  await runJob(job, featureSet, folder);
  await cache.dispose();
  await rm(folder, { recursive: true });
}

await serveRounds({ versions: { earshot: engine.version } }, () => timeRuns(1, train));
