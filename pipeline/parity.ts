import { readFile } from "node:fs/promises";
import { writeFileAtomically } from "../datasets/write-atomically.ts";
import { parityResultSchema } from "../features/model-metadata.ts";
import { UserError } from "../features/user-error.ts";
import { hashGraph, readMetadata, writeMetadata } from "../onnx/read-metadata.ts";
import { formatParityReport } from "../runtime/parity.ts";
import { metadataKey, readModel } from "../runtime/read-model.ts";
import { readCheckpoint } from "../training/checkpoint.ts";
import { loadEngine } from "../training/engine.ts";
import { pickParityClips } from "./pick-parity-clips.ts";
import { compareLayers, describeJump } from "./bisect-parity.ts";
import { readJson, writeJson } from "./json-file.ts";
import { runOption } from "./options.ts";
import { compareOnCpu } from "./parity-models.ts";
import { parityFileSchema } from "./parity-file.ts";
import { openRun, type Run } from "./run-folder.ts";
import { defineStage } from "./stage.ts";
import { timeStage } from "./time-stage.ts";

export const parityStage = defineStage({
  name: "parity",
  describe: "Prove that the exported model answers as the trained network does",
  options: runOption,
  examples: [["parity", "TF.js against onnxruntime-node on real clips and edge inputs"]],
  run: async (args) => {
    const run = await openRun(args.run);
    await timeStage(run, "parity", () => proveRun(run));
    console.log("Next: npm run predict -- clip.wav");
  },
});

/**
 * Compares the run's model with its network, and writes the verdict into `parity.json` and the model's metadata.
 * @throws UserError when the answers differ: the model stays undeployable
 */
export async function proveRun(run: Run): Promise<string> {
  const bytes = await readFile(run.files.model).catch(() => {
    throw new UserError(`${run.files.model}: expected an exported model, got none; npm run export first`);
  });
  const metadata = readModel(bytes, run.files.model);
  const graphHash = hashGraph(bytes);
  const known = await readJson(run.files.parity, parityFileSchema);
  if (
    known?.graphHash === graphHash &&
    metadata.graphHash === graphHash &&
    metadata.parity.every((r) => r.passed)
  )
    return `${run.files.parity} is up to date`;

  await loadEngine(run.config.engine);
  const trained = await readCheckpoint(run.folder);
  const clips = await pickParityClips(run);
  const report = await compareOnCpu({ trained, bytes, input: metadata.input }, clips);
  const result = parityResultSchema.parse(report);
  // The comparison has freed the network: it is read again.
  const layers = report.passed ? undefined : await compareLayers(await readCheckpoint(run.folder), clips);
  await writeJson(run.files.parity, { graphHash, results: [result], layers, details: report.details });
  const described = JSON.stringify({ ...metadata, parity: [result], graphHash });
  const proven = writeMetadata(bytes, readMetadata(bytes).set(metadataKey, described));
  await writeFileAtomically(run.files.model, proven);
  const verdict = formatParityReport(report, trained.labels);
  if (layers !== undefined) throw new UserError(`${verdict}\n${describeJump(layers)}`);
  return verdict;
}
