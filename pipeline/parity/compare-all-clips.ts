import { createHash } from "node:crypto";
import { readFile, rm } from "node:fs/promises";
import path from "node:path";
import * as z from "zod";
import { at } from "../../common/at.ts";
import { joinBlocks } from "../../common/join-blocks.ts";
import { UserError } from "../../common/user-error.ts";
import { groupBy } from "../../datasets/folds/group-by.ts";
import { maxWholeSeconds } from "../../features/backbone/backbone.ts";
import { createClassifier } from "../../runtime/node.ts";
import type { ParityInput } from "../../runtime/parity/parity-inputs.ts";
import { readIfWhole, writeJson } from "../../run-files/json-file.ts";
import { cacheFolder } from "../program-folders.ts";
import { openDataset } from "../runs/open-data.ts";
import { formatTable } from "../screen/format-table.ts";
import { createProgress } from "../screen/progress.ts";
import { compareTarget, type CompareOptions, describeLimits } from "./compare-targets.ts";
import { readClipSamples } from "./pick-parity-clips.ts";
import type { TargetName } from "./targets/index.ts";

const maxClipSeconds = 600;
const batchClips = 16;
/** Inputs that a target is asked at a time: what a run that is stopped loses, and a browser may hold. */
const chunkInputs = 40;
/** WebGPU on a processor takes seconds a clip: of all variants but the first it gets every tenth input. */
const slowTarget: TargetName = "webgpu";
const slowStep = 10;

/** What is done to each clip's samples at the model's rate, before both sides get them. */
const variants: Readonly<Record<string, (samples: Float32Array, rateHz: number) => Float32Array>> = {
  "as it is": (samples) => samples,
  "first second": (samples, rateHz) => samples.subarray(0, rateHz),
  "3 s of zeros before": (samples, rateHz) => pad(samples, 3 * rateHz, 0),
  "3 s of zeros after": (samples, rateHz) => pad(samples, 0, 3 * rateHz),
  "3 s of zeros before and after": (samples, rateHz) => pad(samples, 3 * rateHz, 3 * rateHz),
};

/** What a target answered to some inputs, kept until the whole comparison is done. */
const chunkSchema = z.object({
  unavailable: z.optional(z.string()),
  inputs: z.int(),
  sameClass: z.int(),
  maxLogitDifference: z.number(),
  passed: z.boolean(),
});

type ChunkOutcome = z.infer<typeof chunkSchema>;

const nothingAsked: ChunkOutcome = { inputs: 0, sameClass: 0, maxLogitDifference: 0, passed: true };

/** One variant on one target, over all clips. */
interface VariantOutcome extends ChunkOutcome {
  readonly variant: string;
  readonly target: string;
}

export interface AllClipsComparison {
  readonly outcomes: readonly VariantOutcome[];
  readonly passed: boolean;
}

export interface AllClipsOptions {
  readonly names: readonly TargetName[];
  readonly data: string | undefined;
  /** Called as soon as a variant is done on a target. */
  readonly onOutcome?: (outcome: string) => void;
}

/**
 * Classifies every clip of a data set with `classify`, and gives the same samples to the bare file on each target: one
 * sound a run, and clips of one length in batches. Clips longer than 1.1 of the model's, or with a backbone a minute,
 * are cut to it, for `classify` takes windows of them. A run that was stopped goes on where it was.
 * @throws UserError when there is no such model
 */
export async function compareAllClips(
  file: string,
  { names, data, onOutcome }: AllClipsOptions,
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

  const known = path.join(cacheFolder, "parity", `all-clips-${hashAll([bytes])}`);
  const outcomes: VariantOutcome[] = [];
  const compare = async (variant: string, { inputs, expected }: Cases): Promise<void> => {
    for (const name of names) {
      const step = name === slowTarget && variant !== "as it is" ? slowStep : 1;
      const isAsked = (_: unknown, index: number): boolean => index % step === 0;
      const asked = { inputs: inputs.filter(isAsked), expected: expected.filter(isAsked) };
      const outcome = await compareVariant(name, bytes, asked, { limits, known, variant });
      outcomes.push({ variant, target: name, ...outcome });
      onOutcome?.(formatAllClips({ outcomes: outcomes.slice(-1) }));
    }
  };
  for (const [variant, change] of Object.entries(variants)) {
    const inputs = sounds.map(({ name, samples }) => makeInput(name, change(samples, sampleRateHz)));
    const expected: Float32Array[] = [];
    for (const { values } of inputs) {
      const logits = new Float32Array(labels.length);
      for (const { index, logit } of await classifier.classify(values, { sampleRateHz }))
        logits[index] = logit;
      expected.push(logits);
    }
    await compare(variant, { inputs, expected });
    if (variant === "as it is") await compare("in batches", joinEqual(inputs, expected));
  }
  await rm(known, { recursive: true, force: true });
  return { outcomes, passed: outcomes.every(({ passed }) => passed) };
}

/** What a target is asked, and what `classify` answers. */
interface Cases {
  readonly inputs: readonly ParityInput<readonly number[]>[];
  readonly expected: readonly Float32Array[];
}

/** @param known folder of what an earlier run of the same comparison has done */
async function compareVariant(
  name: TargetName,
  bytes: Uint8Array,
  { inputs, expected }: Cases,
  { limits, known, variant }: { limits: CompareOptions; known: string; variant: string },
): Promise<ChunkOutcome> {
  const progress = createProgress(`${variant}, ${name}`);
  let sum = nothingAsked;
  for (let first = 0; first < inputs.length; first += chunkInputs) {
    const own = inputs.slice(first, first + chunkInputs);
    const answers = expected.slice(first, first + chunkInputs);
    const file = path.join(
      known,
      `${name}-${hashAll([...own.map(({ values }) => values), ...answers])}.json`,
    );
    const kept = await readIfWhole(file, chunkSchema);
    const chunk = kept ?? (await compareChunk(name, bytes, { inputs: own, expected: answers }, limits));
    if (chunk.unavailable !== undefined) return chunk;
    if (kept === undefined) await writeJson(file, chunk);
    sum = {
      inputs: sum.inputs + chunk.inputs,
      sameClass: sum.sameClass + chunk.sameClass,
      maxLogitDifference: Math.max(sum.maxLogitDifference, chunk.maxLogitDifference),
      passed: sum.passed && chunk.passed,
    };
    progress.update(first + own.length, inputs.length);
  }
  progress.end();
  return sum;
}

async function compareChunk(
  name: TargetName,
  bytes: Uint8Array,
  { inputs, expected }: Cases,
  limits: CompareOptions,
): Promise<ChunkOutcome> {
  const { report, unavailable, notRun } = await compareTarget(name, bytes, inputs, expected, limits);
  if (report === undefined) return { ...nothingAsked, unavailable: unavailable ?? "no answer" };
  return {
    inputs: report.inputs,
    sameClass: Math.round(report.topClassAgreement * report.inputs),
    maxLogitDifference: report.maxAbsoluteDifference,
    passed: report.passed && notRun.length === 0,
  };
}

function hashAll(parts: readonly (Uint8Array | Float32Array)[]): string {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(new Uint8Array(part.buffer, part.byteOffset, part.byteLength));
  return hash.digest("hex").slice(0, 32);
}

function makeInput(name: string, values: Float32Array): ParityInput<readonly number[]> {
  return { name, values, shape: [1, values.length] };
}

/** Clips of one length, up to 16 of them, as one input. */
function joinEqual(
  inputs: readonly ParityInput<readonly number[]>[],
  expected: readonly Float32Array[],
): Cases {
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
export function formatAllClips({ outcomes }: Pick<AllClipsComparison, "outcomes">): string {
  const rows = outcomes.map(
    ({ variant, target, inputs, sameClass, maxLogitDifference, passed, unavailable }) => [
      ...[variant, target],
      ...(unavailable === undefined
        ? [`${sameClass}/${inputs}`, maxLogitDifference.toExponential(1), passed ? "passed" : "FAILED"]
        : ["", "", `not available: ${unavailable}`]),
    ],
  );
  return formatTable(["clips", "target", "same class", "logits differ by", "verdict"], rows);
}
