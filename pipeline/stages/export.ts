import { createHash } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import path from "node:path";
import { writeFileAtomically } from "../../common/write-atomically.ts";
import { exportTrainedModel } from "../../export/export-trained-model.ts";
import { metadataFormat, type ModelMetadata } from "../../features/model-metadata.ts";
import { UserError } from "../../common/user-error.ts";
import { hashGraph, readMetadata, writeMetadata } from "../../onnx/read-metadata.ts";
import { readCheckpoint } from "../../training/checkpoints/checkpoint.ts";
import { loadEngine } from "../../training/engine.ts";
import { readResult } from "../../run-files/job-result.ts";
import { type Precision, precisions } from "../../export/precision/precision.ts";
import { defaultOpset } from "../../onnx/graph-builder.ts";
import { chooseFeaturePrecision } from "../choose-feature-precision.ts";
import { exportCompact } from "../export-compact.ts";
import { writeHubFolder, writeRunCard } from "../export-layout.ts";
import { expectRuntimeOpens } from "../open-exported.ts";
import { exportSavedModel } from "../export-saved-model.ts";
import { readProgram } from "../runs/environment.ts";
import { inputOption, runOption } from "./options.ts";
import { openRun, type Run } from "../runs/run-folder.ts";
import { defineStage } from "./stage.ts";
import { writeTritonRepository } from "../write-triton-repository.ts";
import { timeStage } from "../runs/time-stage.ts";

const featurePrecisions = ["auto", "split", "float32", "float64"] as const;

const defaultOptions: RunExportOptions = {
  ...{ input: undefined, featurePrecision: "auto", precision: "fp32", outputs: [], opset: defaultOpset },
};

export const exportStage = defineStage({
  name: "export",
  describe: "Write a run's trained network as one ONNX file",
  options: {
    ...runOption,
    ...inputOption,
    "feature-precision": {
      choices: featurePrecisions,
      default: defaultOptions.featurePrecision,
      describe:
        "precision of the feature graph inside the file: split is exact and runs everywhere, float32 is the fastest, " +
        "float64 is exact but not on WebGPU; auto takes float32 for models with clipLevel if validation logits agree",
    },
    precision: {
      choices: precisions,
      default: defaultOptions.precision,
      describe: "precision of the network; int8 is calibrated on training clips",
    },
    outputs: {
      choices: ["features", "embedding"],
      array: true,
      default: [],
      describe: "more outputs besides logits and probabilities",
    },
    opset: { type: "number", default: defaultOptions.opset, describe: "ONNX operator set, 13 to 21" },
    license: { type: "string", describe: "written into the model's metadata" },
    author: { type: "string", describe: "written into the model's metadata" },
    tfjs: { type: "string", describe: "instead of a run: the model.json of any saved tf.layers model" },
    out: {
      type: "string",
      describe: "with --tfjs the file to write [model.onnx]; with --layout hub the folder [hub/ of the run]",
    },
    "external-data-bytes": {
      type: "number",
      describe: "with --tfjs: tensors of this size go into <out>.data [only for models over 2 GB]",
    },
    layout: {
      choices: ["file", "hub", "triton"],
      default: "file",
      describe:
        "hub: also a folder for transformers.js and the Hugging Face Hub, with a model card; triton: also a model " +
        "repository for NVIDIA Triton, in the run's folder triton/",
    },
    "triton-name": { type: "string", default: "earshot", describe: "the model's name there" },
    "triton-batch": { type: "number", default: 8, describe: "windows of different requests in a run there" },
  },
  examples: [
    ["export", "the latest run's network to runs/latest/model.onnx"],
    [
      "export -- --run kitchen --input features",
      "the model of another run, for programs that compute features themselves",
    ],
    ["export -- --precision int8", "a quarter of the bytes, faster where int8 is; says what it costs"],
    ["export -- --layout hub --out my-model", "a folder for transformers.js, with a model card"],
    ["export -- --tfjs saved/model.json --out saved.onnx", "any tf.layers model"],
  ],
  run: async (args) => {
    if (args.tfjs !== undefined) {
      console.log(await exportSavedModel(args.tfjs, args.out ?? "model.onnx", args));
      return;
    }
    const run = await openRun(args.run);
    const { input, featurePrecision, precision, outputs, opset, license, author } = args;
    await timeStage(run, "export", () =>
      exportRun(run, {
        ...{ input, featurePrecision, precision, outputs, opset },
        ...(license !== undefined && { license }),
        ...(author !== undefined && { author }),
      }),
    );
    if (args.layout === "triton") {
      const files = await writeTritonRepository(
        path.join(run.folder, "triton"),
        await readFile(run.files.model),
        { name: args.tritonName, maxBatchSize: args.tritonBatch, maxQueueDelayUs: 5000 },
      );
      console.log(files.map((file) => path.normalize(file)).join("\n"));
    }
    if (args.layout === "hub") {
      const folder = args.out ?? path.join(run.folder, "hub");
      await writeHubFolder(run, folder);
      console.log(path.normalize(folder));
    }
    console.log("Next: npm run parity");
  },
});

/** Key in the file's metadata with the training result that it was made from. */
const sourceKey = "source";

interface RunExportOptions {
  /** Without it, what the features allow. */
  readonly input: ModelMetadata["input"] | undefined;
  readonly featurePrecision: (typeof featurePrecisions)[number];
  readonly precision: Precision;
  readonly outputs: readonly ("features" | "embedding")[];
  readonly opset: number;
  readonly license?: string;
  readonly author?: string;
}

/** Writes the run's `model.onnx`, unless it is already that of the run's training and these options. */
export async function exportRun(run: Run, asked: RunExportOptions = defaultOptions): Promise<string> {
  const { scalarFeatures } = run.config.job.features;
  const options = {
    ...asked,
    input: asked.input ?? (scalarFeatures.length > 0 ? "features" : "samples"),
  } as const;
  const result = await readResult(run.folder);
  if (result === null)
    throw new UserError(`${run.folder}: expected a trained network, got none; run npm run train first`);
  const program = await readProgram();
  // How long it took does not change the model.
  const decisive = JSON.stringify([program, metadataFormat, options, { ...result, seconds: 0 }]);
  const source = createHash("sha256").update(decisive).digest("hex");
  if (await isMadeFrom(run.files.model, source)) {
    await writeRunCard(run); // whose parity verdicts may be new
    return `${run.files.model} is up to date`;
  }

  await loadEngine(run.config.engine, run.config.threads);
  const trained = await readCheckpoint(run.folder);
  const { input, featurePrecision, precision, outputs, opset, ...owner } = options;
  const metadata = {
    program,
    network: run.config.job.network.architecture,
    metrics: trained.metrics,
    trainingDataHash: result.dataHash,
    ...owner,
  };
  const features =
    input === "samples" && featurePrecision === "auto"
      ? await chooseFeaturePrecision(run, trained, { metadata, opset })
      : { name: featurePrecision === "auto" ? "split" : featurePrecision };
  const exportOptions = {
    ...{ input, precision, outputs, opset },
    featurePrecision: features.name,
    metadata: { ...metadata, featurePrecision: features },
  };
  const { exported, summary } =
    precision === "fp32"
      ? { exported: exportTrainedModel(trained, exportOptions), summary: undefined }
      : await exportCompact(run, trained, exportOptions);
  const made = `${source} ${hashGraph(exported.bytes)}`;
  const entries = readMetadata(exported.bytes).set(sourceKey, made);
  const bytes = writeMetadata(exported.bytes, entries);
  await expectRuntimeOpens(bytes);
  await writeFileAtomically(run.files.model, bytes);
  await writeRunCard(run);
  const megabytes = ((await stat(run.files.model)).size / 1e6).toFixed(2);
  const parameters = exported.parameterCount.toLocaleString("en");
  const line =
    `${path.normalize(run.files.model)}: ${parameters} parameters, ${exported.nodeCount} nodes, ` +
    `opset ${exported.opset}, ${megabytes} MB`;
  return summary === undefined ? line : `${line}\n${summary}`;
}

/** False of a file that is not there, was cut or changed: it is written again. */
async function isMadeFrom(model: string, source: string): Promise<boolean> {
  try {
    const bytes = await readFile(model);
    return readMetadata(bytes).get(sourceKey) === `${source} ${hashGraph(bytes)}`;
  } catch {
    return false;
  }
}
