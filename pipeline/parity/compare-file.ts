import { readFile } from "node:fs/promises";
import { UserError } from "../../common/user-error.ts";
import { openScorer } from "../../runtime/node.ts";
import { formatParityReport } from "../../runtime/parity/parity.ts";
import { readModel } from "../../runtime/read-model.ts";
import { compareTargets, describeLimits, type Proof, type ProofOptions } from "./compare-targets.ts";
import { openDataset } from "../runs/open-data.ts";
import { makeParityInputs } from "./parity-models.ts";
import { askScorer } from "./targets/scorer-target.ts";
import { pickClips } from "./pick-parity-clips.ts";

const maxClipSeconds = 600;

/**
 * Compares a model that has no run beside it with its own answers by onnxruntime-node; its verdicts stay as they are.
 * @throws UserError when there is no such file
 */
export async function compareFile(
  file: string,
  { names, thorough, data }: ProofOptions & { readonly data: string | undefined },
): Promise<Proof> {
  const bytes = await readFile(file).catch(() => {
    throw new UserError(`${file}: expected an exported model, got no such file`);
  });
  const metadata = readModel(bytes, file);
  const { input, features } = metadata;
  const dataset = await openDataset({ data });
  const clips = await pickClips(dataset.clips, { features, maxClipSeconds, skipBadClips: false });
  const reference = await openScorer(bytes);
  const inputs = await makeParityInputs(clips, { config: features, input, thorough, reference });
  const answers = await askScorer(reference, inputs);
  await reference.dispose();
  const options = describeLimits(metadata, clips);
  const outcomes = await compareTargets(names, bytes, inputs, { name: "cpu", answers }, options);
  const failures = outcomes.flatMap(({ report }) =>
    report?.passed === false ? [formatParityReport(report, metadata.labels)] : [],
  );
  return {
    outcomes,
    inputs: inputs.length,
    ...(failures.length > 0 && { failure: failures.join("\n") }),
  };
}
