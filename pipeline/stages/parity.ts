import path from "node:path";
import { UserError } from "../../common/user-error.ts";
import { compareAllClips, formatAllClips } from "../parity/compare-all-clips.ts";
import { compareFile } from "../parity/compare-file.ts";
import { compareParityFiles, formatFileComparison } from "../parity/files/compare-parity-files.ts";
import { formatOutcomes } from "../parity/compare-targets.ts";
import { runOption } from "../command-line/options.ts";
import { type TargetName, targetNames } from "../parity/targets/index.ts";
import { compareRun } from "../parity/prove-run.ts";
import { compareBackboneRun, isBackboneRun } from "../backbones/kept-run.ts";
import { exists, findRunFolder, openRun } from "../runs/run-folder.ts";
import { defineStage } from "../command-line/stage.ts";

export const parityStage = defineStage({
  name: "parity",
  options: {
    ...runOption,
    model: {
      type: "string",
      describe:
        "an exported model: a run's, e.g. runs/latest/model.onnx; any other's answers are compared with its own by " +
        "onnxruntime-node, and nothing is written",
    },
    data: {
      type: "string",
      describe: "sounds for a model without a run [the embedded data set]",
    },
    targets: {
      type: "string",
      default: "tfjs,cpu",
      describe: `runtimes to compare: ${["tfjs", ...targetNames].join(", ")}; wasm and webgpu run in a Chromium without a window`,
    },
    files: {
      type: "boolean",
      default: false,
      describe: "also whole files, decoded by Python and by a browser each in its own way",
    },
    "all-clips": {
      type: "boolean",
      default: false,
      describe:
        "with --model: every clip of --data as it is, its first second, with zeros before and after, and in batches, " +
        "against classify; WebGPU, which is slow on a processor, gets a tenth of all but the first; a run that was " +
        "stopped goes on",
    },
    thorough: { type: "boolean", default: false, describe: "also a batch of 33 and ten minutes of sound" },
    json: { type: "boolean", default: false, describe: "print the results as JSON" },
  },
  examples: [
    ["parity", "TF.js against onnxruntime-node on real clips and edge inputs"],
    ["parity --targets tfjs,cpu,cuda,wasm,webgpu,python --thorough", "everywhere"],
    ["parity --model pretrained/esc10.onnx --targets wasm,webgpu,python", "a model by itself"],
    [
      "parity --model pretrained/esc10.onnx --data ../esc10 --all-clips --targets cpu,python",
      "every clip, also cut and with silent ends",
    ],
  ],
  run: async ({ run, model, data, targets, files, allClips, thorough, json }) => {
    if (allClips) {
      if (model === undefined) throw new UserError("--all-clips: expected --model FILE, got none");
      const names = parseTargets(targets).filter((name) => name !== "tfjs");
      const onOutcome = (row: string): void => {
        console.error(row.split("\n").at(-1));
      };
      const comparison = await compareAllClips(model, { names, data, onOutcome });
      console.log(json ? JSON.stringify(comparison, undefined, 2) : formatAllClips(comparison));
      if (!comparison.passed)
        throw new UserError("--all-clips: expected the same answers to the same samples");
      return;
    }
    const options = { names: parseTargets(targets), thorough };
    const folder = model === undefined ? undefined : path.dirname(model);
    const isRuns = model === undefined || (await isModelOfRun(model));
    const runFolder = isRuns ? await findRunFolder(folder ?? run) : undefined;
    const proof =
      runFolder !== undefined && (await isBackboneRun(runFolder))
        ? await compareBackboneRun(runFolder, options)
        : isRuns
          ? await compareRun(await openRun(folder ?? run), options)
          : await compareFile(model, { ...options, data });
    if (json) console.log(JSON.stringify(proof.outcomes, undefined, 2));
    else console.log(formatOutcomes(proof.outcomes, proof.inputs));
    if (proof.failure !== undefined) throw new UserError(proof.failure);
    if (files) {
      const comparison = await compareParityFiles(model ?? (await openRun(run)).files.model);
      console.log(json ? JSON.stringify(comparison, undefined, 2) : formatFileComparison(comparison));
      if (!comparison.passed) throw new UserError("files: expected the same answers to the same samples");
    }
    if (!json) console.log("Next: npx earshot predict clip.wav");
  },
});

async function isModelOfRun(model: string): Promise<boolean> {
  const config = path.join(path.dirname(model), "config.json");
  return path.basename(model) === "model.onnx" && (await exists(config));
}

function parseTargets(text: string): (TargetName | "tfjs")[] {
  const names = text.split(",").map((name) => name.trim());
  const known = ["tfjs", ...targetNames] as const;
  return names.map((name) => {
    const found = known.find((one) => one === name);
    if (found === undefined)
      throw new UserError(`--targets: expected some of ${known.join(", ")}, got ${name}`);
    return found;
  });
}
