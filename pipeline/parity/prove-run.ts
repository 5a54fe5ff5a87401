import { readFile } from "node:fs/promises";
import { writeFileAtomically } from "../../common/write-atomically.ts";
import {
  metadataKey,
  type ModelMetadata,
  type ParityResult,
  parityResultSchema,
  parityVerdictSchema,
} from "../../features/model-metadata.ts";
import { UserError } from "../../common/user-error.ts";
import { hashGraph, readMetadata, writeMetadata } from "../../onnx/read-metadata.ts";
import { formatParityReport } from "../../runtime/parity/parity.ts";
import { readModel } from "../../runtime/read-model.ts";
import { readCheckpoint } from "../../training/checkpoints/checkpoint.ts";
import { loadEngine } from "../../training/engine.ts";
import { compareLayers, describeJump } from "./bisect-parity.ts";
import {
  compareTargets,
  describeLimits,
  type Proof,
  type ProofOptions,
  type TargetOutcome,
} from "./compare-targets.ts";
import { writeRunCard } from "../exporting/export-layout.ts";
import { readIfWhole, writeJson } from "../../run-files/json-file.ts";
import { parityFileSchema } from "../../run-files/parity-file.ts";
import { makeParityInputs, openTrainedScorer } from "./parity-models.ts";
import { askScorer } from "./targets/scorer-target.ts";
import { pickRunClips } from "./pick-parity-clips.ts";
import type { Run } from "../runs/run-folder.ts";

/** Compares the run's model on the CPU with its network, unless that was done. @throws UserError when they differ */
export async function proveRun(run: Run): Promise<string> {
  const bytes = await readRunModel(run);
  const metadata = readModel(bytes, run.files.model);
  const graphHash = hashGraph(bytes);
  const known = await readIfWhole(run.files.parity, parityFileSchema);
  const isProven = metadata.parity.length > 0 && metadata.parity.every((result) => result.passed);
  if (known?.graphHash === graphHash && metadata.graphHash === graphHash && isProven)
    return `${run.files.parity} is up to date`;
  const { outcomes, failure } = await compareRun(run, { names: ["cpu"], thorough: false });
  if (failure !== undefined) throw new UserError(failure);
  return outcomes.map(({ report }) => (report ? formatParityReport(report) : "")).join("\n");
}

/** The comparison itself; the verdicts are written into `parity.json` and the model's metadata. */
export async function compareRun(run: Run, { names, thorough }: ProofOptions): Promise<Proof> {
  const bytes = await readRunModel(run);
  const metadata = readModel(bytes, run.files.model);
  await loadEngine(run.config.engine, run.config.threads);
  const trained = await readCheckpoint(run.folder);
  const clips = await pickRunClips(run);
  const reference = await openTrainedScorer(trained, metadata.input);
  const { input, features: config } = metadata;
  const inputs = await makeParityInputs(clips, { config, input, thorough, reference });
  const answers = await askScorer(reference, inputs);
  await reference.dispose();
  const options = describeLimits(metadata, clips);
  const outcomes = await compareTargets(names, bytes, inputs, { name: "tfjs", answers }, options);
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
    graphHash,
    results,
    layers,
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
  await writeRunCard(run);
}

async function readRunModel(run: Run): Promise<Uint8Array> {
  return await readFile(run.files.model).catch(() => {
    throw new UserError(`${run.files.model}: expected an exported model, got none; npx earshot export first`);
  });
}
