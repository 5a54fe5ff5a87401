import { readFile } from "node:fs/promises";
import path from "node:path";
import { UserError } from "../../common/user-error.ts";
import { precisions } from "../../export/precision/precision.ts";
import { defaultExportOptions, exportRun, featurePrecisions } from "../exporting/export-run.ts";
import { writeHubFolder } from "../exporting/export-layout.ts";
import { isBackboneRun, relicenseBackboneRun } from "../backbones/kept-run.ts";
import { exportSavedModel } from "../exporting/export-saved-model.ts";
import { inputOption, readTerms, runOption, termsOptions } from "../command-line/options.ts";
import { findRunFolder, openRun } from "../runs/run-folder.ts";
import { defineStage } from "../command-line/stage.ts";
import { writeTritonRepository } from "../exporting/write-triton-repository.ts";
import { timeStage } from "../runs/time-stage.ts";

export const exportStage = defineStage({
  name: "export",
  options: {
    ...runOption,
    ...inputOption,
    "feature-precision": {
      choices: featurePrecisions,
      default: defaultExportOptions.featurePrecision,
      describe:
        "precision of the feature graph inside the file: split is exact and runs everywhere, float32 is the fastest, " +
        "float64 is exact but not on WebGPU; auto takes float32 for models with clipLevel if validation logits agree",
    },
    precision: {
      choices: precisions,
      default: defaultExportOptions.precision,
      describe: "precision of the network; int8 is calibrated on training clips",
    },
    outputs: {
      choices: ["features", "embedding"],
      array: true,
      default: [],
      describe: "more outputs besides logits and probabilities",
    },
    opset: { type: "number", default: defaultExportOptions.opset, describe: "ONNX operator set, 13 to 21" },
    thresholds: {
      choices: ["precision", "f1", "none"],
      default: "precision",
      describe:
        "what thresholds are chosen for on validation clips; none leaves probabilities uncalibrated too",
    },
    "threshold-precision": {
      type: "number",
      default: 0.95,
      describe:
        "fraction of right answers that --thresholds precision is to reach, half of the sound being background",
    },
    "calibrate-from": {
      type: "string",
      describe:
        "rotation (train --protocol cv5) whose test clips give temperature and thresholds [validation]",
    },
    ...termsOptions,
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
      "export --run kitchen --input features",
      "the model of another run, for programs that compute features themselves",
    ],
    [
      "export --run all-clips --calibrate-from rotation --threshold-precision 0.9",
      "with thresholds from the test clips of a rotation, for answers of which 90 % are right",
    ],
    ["export --precision int8", "a quarter of the bytes, faster where int8 is; says what it costs"],
    ["export --layout hub --out my-model", "a folder for transformers.js, with a model card"],
    ["export --tfjs saved/model.json --out saved.onnx", "any tf.layers model"],
  ],
  run: async (args) => {
    if (args.tfjs !== undefined) {
      console.log(await exportSavedModel(args.tfjs, args.out ?? "model.onnx", args));
      return;
    }
    const folder = await findRunFolder(args.run);
    if (await isBackboneRun(folder)) {
      const model = await relicenseBackboneRun(folder, readTerms(args));
      console.log(
        `${model}: made by start; its terms are written, no other option of export has a meaning here`,
      );
      return;
    }
    const run = await openRun(args.run);
    const { input, featurePrecision, precision, outputs, opset } = args;
    const { thresholdPrecision: wanted, calibrateFrom: from } = args;
    if (!(wanted > 0 && wanted <= 1))
      throw new UserError(`--threshold-precision: expected above 0 and up to 1, got ${wanted}`);
    const goals = { precision: { precision: wanted }, f1: "best-f1", none: undefined } as const;
    await timeStage(run, "export", () =>
      exportRun(run, {
        input,
        featurePrecision,
        precision,
        outputs,
        opset,
        from,
        goal: goals[args.thresholds],
        terms: readTerms(args),
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
    console.log("Next: npx earshot parity");
  },
});
