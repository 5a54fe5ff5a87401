import { createHash } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import path from "node:path";
import { writeFileAtomically } from "../datasets/write-atomically.ts";
import { exportTrainedModel } from "../export/export-trained-model.ts";
import type { ModelMetadata } from "../features/model-metadata.ts";
import { UserError } from "../features/user-error.ts";
import { readMetadata, writeMetadata } from "../onnx/read-metadata.ts";
import { readCheckpoint } from "../training/checkpoint.ts";
import { loadEngine } from "../training/engine.ts";
import { readResult } from "../training/job-result.ts";
import { exportSavedModel } from "./export-saved-model.ts";
import { readProgram } from "./environment.ts";
import { inputOption, runOption } from "./options.ts";
import { openRun, type Run } from "./run-folder.ts";
import { defineStage } from "./stage.ts";
import { timeStage } from "./time-stage.ts";

export const exportStage = defineStage({
  name: "export",
  describe: "Write a run's trained network as one ONNX file",
  options: {
    ...runOption,
    ...inputOption,
    tfjs: { type: "string", describe: "instead of a run: the model.json of any saved tf.layers model" },
    out: { type: "string", default: "model.onnx", describe: "file to write, with --tfjs" },
  },
  examples: [
    ["export", "the latest run's network to runs/latest/model.onnx"],
    [
      "export -- --run kitchen --input features",
      "another run's, for programs that compute features themselves",
    ],
    ["export -- --tfjs saved/model.json --out saved.onnx", "any tf.layers model"],
  ],
  run: async (args) => {
    if (args.tfjs !== undefined) {
      console.log(await exportSavedModel(args.tfjs, args.out));
      return;
    }
    const run = await openRun(args.run);
    await timeStage(run, "export", () => exportRun(run, args.input));
    console.log("Next: npm run parity");
  },
});

/** Key in the file's metadata that tells from which training result it was made. */
const sourceKey = "source";

/** Writes the run's `model.onnx`, unless it is already that of the run's training. */
export async function exportRun(run: Run, input: ModelMetadata["input"] = "samples"): Promise<string> {
  const result = await readResult(run.folder);
  if (result === null)
    throw new UserError(`${run.folder}: expected a trained network, got none; npm run train first`);
  const program = await readProgram();
  // How long it took does not change the model.
  const decisive = JSON.stringify([program, input, { ...result, seconds: 0 }]);
  const source = createHash("sha256").update(decisive).digest("hex");
  if ((await readSource(run.files.model)) === source) return `${run.files.model} is up to date`;

  await loadEngine(run.config.engine, run.config.threads);
  const trained = await readCheckpoint(run.folder);
  const exported = exportTrainedModel(trained, {
    input,
    metadata: {
      program,
      network: run.config.job.network.architecture,
      metrics: trained.metrics,
      trainingDataHash: result.dataHash,
    },
  });
  const metadata = readMetadata(exported.bytes).set(sourceKey, source);
  await writeFileAtomically(run.files.model, writeMetadata(exported.bytes, metadata));
  const megabytes = ((await stat(run.files.model)).size / 1e6).toFixed(2);
  const { parameterCount, nodeCount, opset } = exported;
  const parameters = parameterCount.toLocaleString("en");
  return `${path.normalize(run.files.model)}: ${parameters} parameters, ${nodeCount} nodes, opset ${opset}, ${megabytes} MB`;
}

async function readSource(model: string): Promise<string | undefined> {
  try {
    return readMetadata(await readFile(model)).get(sourceKey);
  } catch {
    return undefined; // no file yet, or one that was cut: it is written anew
  }
}
