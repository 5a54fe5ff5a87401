import { readFile } from "node:fs/promises";
import path from "node:path";
import { writeFileAtomically } from "../datasets/write-atomically.ts";
import {
  type ModelMetadata,
  type ParityResult,
  parityResultSchema,
  parityVerdictSchema,
} from "../features/model-metadata.ts";
import { UserError } from "../features/user-error.ts";
import { hashGraph, readMetadata, writeMetadata } from "../onnx/read-metadata.ts";
import { formatParityReport } from "../runtime/parity.ts";
import { metadataKey, readModel } from "../runtime/read-model.ts";
import { readCheckpoint } from "../training/checkpoint.ts";
import { loadEngine } from "../training/engine.ts";
import { compareLayers, describeJump } from "./bisect-parity.ts";
import { compareTarget, formatOutcomes, judgeAnswers, type TargetOutcome } from "./compare-targets.ts";
import { readJson, writeJson } from "./json-file.ts";
import { runOption } from "./options.ts";
import { makeParityInputs, openTrainedScorer } from "./parity-models.ts";
import { parityFileSchema } from "./parity-file.ts";
import { type TargetName, targetNames } from "./parity-targets/index.ts";
import { askScorer } from "./parity-targets/scorer-target.ts";
import { pickParityClips } from "./pick-parity-clips.ts";
import { exists, openRun, type Run } from "./run-folder.ts";
import { defineStage } from "./stage.ts";

export const parityStage = defineStage({
  name: "parity",
  describe: "Prove that the exported model answers as the trained network does, wherever it runs",
  options: {
    ...runOption,
    model: { type: "string", describe: "the run's model by its file, e.g. runs/latest/model.onnx" },
    targets: {
      type: "string",
      default: "tfjs,cpu",
      describe: `where to run it: ${["tfjs", ...targetNames].join(", ")}; wasm and webgpu in a Chromium without window`,
    },
    thorough: { type: "boolean", default: false, describe: "with a batch of 33 and ten minutes of sound" },
    json: { type: "boolean", default: false, describe: "the results for machines" },
  },
  examples: [
    ["parity", "TF.js against onnxruntime-node on real clips and edge inputs"],
    ["parity -- --targets tfjs,cpu,cuda,wasm,webgpu,python --thorough", "everywhere"],
  ],
  run: async (args) => {
    const run = await openRun(args.model === undefined ? args.run : await findRunOf(args.model));
    const names = parseTargets(args.targets);
    const proof = await compareRun(run, { names, thorough: args.thorough });
    if (args.json) console.log(JSON.stringify(proof.outcomes, undefined, 2));
    else console.log(formatOutcomes(proof.outcomes, proof.inputs));
    if (proof.failure !== undefined) throw new UserError(proof.failure);
    if (!args.json) console.log("Next: npm run predict -- clip.wav");
  },
});

/** Compares the run's model on the CPU with its network, unless that was done. @throws UserError when they differ */
export async function proveRun(run: Run): Promise<string> {
  const bytes = await readRunModel(run);
  const metadata = readModel(bytes, run.files.model);
  const graphHash = hashGraph(bytes);
  const known = await readJson(run.files.parity, parityFileSchema);
  const isProven = metadata.parity.length > 0 && metadata.parity.every((result) => result.passed);
  if (known?.graphHash === graphHash && metadata.graphHash === graphHash && isProven)
    return `${run.files.parity} is up to date`;
  const { outcomes, failure } = await compareRun(run, { names: ["cpu"], thorough: false });
  if (failure !== undefined) throw new UserError(failure);
  return outcomes.map(({ report }) => (report ? formatParityReport(report) : "")).join("\n");
}

interface Proof {
  readonly outcomes: readonly TargetOutcome[];
  readonly inputs: number;
  /** What to tell the user when a target's answers differ. */
  readonly failure?: string;
}

interface ProofOptions {
  readonly names: readonly (TargetName | "tfjs")[];
  readonly thorough: boolean;
}

/** The comparison itself; the verdicts are written into `parity.json` and the model's metadata. */
async function compareRun(run: Run, { names, thorough }: ProofOptions): Promise<Proof> {
  const bytes = await readRunModel(run);
  const metadata = readModel(bytes, run.files.model);
  await loadEngine(run.config.engine, run.config.threads);
  const trained = await readCheckpoint(run.folder);
  const clips = await pickParityClips(run);
  const reference = await openTrainedScorer(trained, metadata.input);
  const { input, features: config } = metadata;
  const inputs = await makeParityInputs(clips, { config, input, thorough, reference });
  const answers = await askScorer(reference, inputs);
  await reference.dispose();
  const expected = answers.map((answer) => {
    if ("error" in answer) throw new Error(`tfjs: ${answer.error}`);
    return answer.logits;
  });

  const clipNames = new Set(clips.map(({ name }) => name));
  const options = {
    ...describeLimits(metadata),
    isTimed: ({ name }: { name: string }) => clipNames.has(name),
  };
  const outcomes: TargetOutcome[] = [];
  for (const name of names) {
    outcomes.push(
      name === "tfjs"
        ? judgeAnswers(name, answers, inputs, expected, options)
        : await compareTarget(name, bytes, inputs, expected, options),
    );
  }
  const failed = outcomes.flatMap(({ report }) => (report?.passed === false ? [report] : []));
  const layers = failed.length > 0 ? await compareLayers(await readCheckpoint(run.folder), clips) : undefined;
  await writeProof(run, bytes, metadata, outcomes, layers);
  const verdicts = failed.map((report) => formatParityReport(report, trained.labels));
  return {
    outcomes,
    inputs: inputs.length,
    ...(layers && { failure: [...verdicts, describeJump(layers)].join("\n") }),
  };
}

/**
 * float32 is the same answer; a network in fewer bits may differ in its numbers, but not in what it hears. int8
 * saturates on sounds louder than those it was calibrated on (a click alone): its logits may be any finite number.
 */
function describeLimits({ precision = "fp32" }: ModelMetadata) {
  if (precision === "fp32") return { tolerance: 1e-4, leastAgreement: 1 };
  return { tolerance: precision.startsWith("fp16") ? 0.1 : 1000, leastAgreement: 0.9 };
}

/** Verdicts on other targets that were reached for the same graph stay. */
async function writeProof(
  run: Run,
  bytes: Uint8Array,
  metadata: ModelMetadata,
  outcomes: readonly TargetOutcome[],
  layers: Awaited<ReturnType<typeof compareLayers>> | undefined,
): Promise<void> {
  const graphHash = hashGraph(bytes);
  const fresh = outcomes.flatMap(({ target, report }) =>
    report === undefined || target === "tfjs" ? [] : [parityResultSchema.parse(report)],
  );
  const kept: ParityResult[] = metadata.graphHash === graphHash ? metadata.parity : [];
  const results = [...kept.filter((old) => !fresh.some(({ target }) => target === old.target)), ...fresh];
  await writeJson(run.files.parity, {
    ...{ graphHash, results, layers },
    unavailable: outcomes.flatMap(({ target, unavailable }) =>
      unavailable === undefined ? [] : [{ target, reason: unavailable }],
    ),
    notRun: outcomes.flatMap(({ target, notRun }) => notRun.map((one) => ({ target, ...one }))),
    details: outcomes.flatMap(({ target, report }) =>
      target === "tfjs" ? [] : (report?.details ?? []).map((detail) => ({ target, ...detail })),
    ),
  });
  const parity = results.map((result) => parityVerdictSchema.parse(result)); // a model's bytes hold no times
  const described = JSON.stringify({ ...metadata, parity, graphHash });
  const proven = writeMetadata(bytes, readMetadata(bytes).set(metadataKey, described));
  await writeFileAtomically(run.files.model, proven);
}

async function readRunModel(run: Run): Promise<Uint8Array> {
  return await readFile(run.files.model).catch(() => {
    throw new UserError(`${run.files.model}: expected an exported model, got none; npm run export first`);
  });
}

/** @throws UserError for a model that does not lie with its run */
async function findRunOf(model: string): Promise<string> {
  const folder = path.dirname(model);
  if (path.basename(model) === "model.onnx" && (await exists(path.join(folder, "config.json"))))
    return folder;
  throw new UserError(
    `${model}: expected a run's model.onnx beside its training, with which it is compared, got a file without`,
  );
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
