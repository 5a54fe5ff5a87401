import { readFile } from "node:fs/promises";
import { at } from "../../common/at.ts";
import { joinBlocks } from "../../common/join-blocks.ts";
import { UserError } from "../../common/user-error.ts";
import { groupBy } from "../../datasets/folds/group-by.ts";
import { maxWholeSeconds } from "../../features/backbone/backbone.ts";
import { createClassifier } from "../../runtime/node.ts";
import type { ParityInput } from "../../runtime/parity/parity-inputs.ts";
import { openDataset } from "../runs/open-data.ts";
import { formatTable } from "../screen/format-table.ts";
import { createProgress } from "../screen/progress.ts";
import { compareTarget, type CompareOptions, describeLimits } from "./compare-targets.ts";
import { readClipSamples } from "./pick-parity-clips.ts";
import type { TargetName } from "./targets/index.ts";

const maxClipSeconds = 600;
const batchClips = 16;

/** What is done to each clip's samples at the model's rate, before both sides get them. */
const variants: Readonly<Record<string, (samples: Float32Array, rateHz: number) => Float32Array>> = {
  "as it is": (samples) => samples,
  "first second": (samples, rateHz) => samples.subarray(0, rateHz),
  "3 s of zeros before": (samples, rateHz) => pad(samples, 3 * rateHz, 0),
  "3 s of zeros after": (samples, rateHz) => pad(samples, 0, 3 * rateHz),
  "3 s of zeros before and after": (samples, rateHz) => pad(samples, 3 * rateHz, 3 * rateHz),
};

/** One variant on one target, over all clips. */
interface VariantOutcome {
  readonly variant: string;
  readonly target: string;
  readonly unavailable?: string;
  readonly inputs?: number;
  readonly sameClass?: number;
  readonly maxLogitDifference?: number;
  readonly passed?: boolean;
}

export interface AllClipsComparison {
  readonly outcomes: readonly VariantOutcome[];
  readonly passed: boolean;
}

/**
 * Classifies every clip of a data set with `classify`, and gives the same samples to the bare file on each target: one
 * sound a run, and clips of one length in batches. Clips longer than 1.1 of the model's, or with a backbone a minute,
 * are cut to it, for `classify` takes windows of them.
 * @throws UserError when there is no such model
 */
export async function compareAllClips(
  file: string,
  { names, data }: { readonly names: readonly TargetName[]; readonly data: string | undefined },
): Promise<AllClipsComparison> {
  const bytes = await readFile(file).catch(() => {
    throw new UserError(`${file}: expected an exported model, got no such file`);
  });
  await using classifier = await createClassifier(bytes, { allowUnverified: true });
  const { features, sampleRateHz, input, labels, backbone } = classifier.info;
  if (input !== "samples")
    throw new UserError(`--all-clips: expected a model that takes samples, got one that takes ${input}`);
  const { clips } = await openDataset({ data });
  const limits = describeLimits(
    classifier.info,
    clips.map(({ id }) => ({ name: id })),
  );
  const longestSeconds = backbone === undefined ? 1.1 * features.clipSeconds : maxWholeSeconds;
  const maxSamples = Math.floor(longestSeconds * sampleRateHz);
  const progress = createProgress("clips");
  const sounds: { readonly name: string; readonly samples: Float32Array }[] = [];
  for (const clip of clips) {
    const samples = await readClipSamples(clip, features, maxClipSeconds);
    sounds.push({ name: clip.id, samples: samples.subarray(0, maxSamples) });
    progress.update(sounds.length, clips.length);
  }
  progress.end();

  const outcomes: VariantOutcome[] = [];
  for (const [variant, change] of Object.entries(variants)) {
    const inputs = sounds.map(({ name, samples }) => makeInput(name, change(samples, sampleRateHz)));
    const expected: Float32Array[] = [];
    for (const { values } of inputs) {
      const logits = new Float32Array(labels.length);
      for (const { index, logit } of await classifier.classify(values, { sampleRateHz }))
        logits[index] = logit;
      expected.push(logits);
    }
    for (const name of names) {
      outcomes.push(await compareVariant(variant, name, bytes, inputs, expected, limits));
      if (variant !== "as it is") continue;
      const batches = joinEqual(inputs, expected);
      outcomes.push(
        await compareVariant("in batches", name, bytes, batches.inputs, batches.expected, limits),
      );
    }
  }
  return { outcomes, passed: outcomes.every(({ passed }) => passed !== false) };
}

async function compareVariant(
  variant: string,
  name: TargetName,
  bytes: Uint8Array,
  inputs: readonly ParityInput<readonly number[]>[],
  expected: readonly Float32Array[],
  limits: CompareOptions,
): Promise<VariantOutcome> {
  const { report, unavailable, notRun } = await compareTarget(name, bytes, inputs, expected, limits);
  if (report === undefined)
    return { variant, target: name, ...(unavailable !== undefined && { unavailable }) };
  return {
    variant,
    target: name,
    inputs: report.inputs,
    sameClass: Math.round(report.topClassAgreement * report.inputs),
    maxLogitDifference: report.maxAbsoluteDifference,
    passed: report.passed && notRun.length === 0,
  };
}

function makeInput(name: string, values: Float32Array): ParityInput<readonly number[]> {
  return { name, values, shape: [1, values.length] };
}

/** Clips of one length, up to 16 of them, as one input. */
function joinEqual(
  inputs: readonly ParityInput<readonly number[]>[],
  expected: readonly Float32Array[],
): { readonly inputs: ParityInput<readonly number[]>[]; readonly expected: Float32Array[] } {
  const byLength = groupBy([...inputs.keys()], (index) => at(inputs, index).values.length);
  const joined: { inputs: ParityInput<readonly number[]>[]; expected: Float32Array[] } = {
    inputs: [],
    expected: [],
  };
  for (const [length, members] of byLength) {
    for (let first = 0; first < members.length; first += batchClips) {
      const own = members.slice(first, first + batchClips);
      joined.inputs.push({
        name: `${own.length} clips of ${length} samples, from ${at(inputs, at(own, 0)).name}`,
        values: joinBlocks(own.map((index) => at(inputs, index).values)),
        shape: [own.length, length],
      });
      joined.expected.push(joinBlocks(own.map((index) => at(expected, index))));
    }
  }
  return joined;
}

function pad(samples: Float32Array, before: number, after: number): Float32Array {
  const padded = new Float32Array(before + samples.length + after);
  padded.set(samples, before);
  return padded;
}

/** A row for each variant and target. */
export function formatAllClips({ outcomes }: AllClipsComparison): string {
  const rows = outcomes.map(
    ({ variant, target, inputs, sameClass, maxLogitDifference, passed, unavailable }) => [
      ...[variant, target],
      inputs === undefined ? "" : `${sameClass ?? 0}/${inputs}`,
      maxLogitDifference?.toExponential(1) ?? "",
      passed === undefined ? `not available: ${unavailable ?? "no answer"}` : passed ? "passed" : "FAILED",
    ],
  );
  return formatTable(["clips", "target", "same class", "logits differ by", "verdict"], rows);
}
