import { toLogit } from "../../common/labelling.ts";
import type { ModelMetadata } from "../../features/model-metadata.ts";
import { compareAnswers, ulpSteps } from "../../runtime/parity/compare-answers.ts";
import { type ParityReport, summariseDetails } from "../../runtime/parity/parity.ts";
import { listThresholds } from "../../runtime/thresholds.ts";
import type { ParityInput } from "../../runtime/parity/parity-inputs.ts";
import { formatTable } from "../screen/format-table.ts";
import { type TargetName, targets } from "./targets/index.ts";
import { type TargetAnswer, UnavailableError } from "./targets/target.ts";
import { describeError } from "../../common/describe-error.ts";

/** How one target answered beside the reference; or why this machine does not have it. */
export interface TargetOutcome {
  readonly target: string;
  readonly report?: ParityReport;
  readonly unavailable?: string;
  /** Inputs that the target could not run, each with its reason; they count neither way. */
  readonly notRun: readonly { readonly input: string; readonly reason: string }[];
}

export interface CompareOptions {
  readonly tolerance: number;
  readonly minAgreement: number;
  /** Where a sound may have several classes: the logit from which each is named. */
  readonly cuts?: readonly number[];
  /** Clips of the length that the network was trained on, alone: what a time is given for. */
  readonly isTimed: (input: ParityInput<readonly number[]>) => boolean;
}

/**
 * float32 is the same answer; a network in fewer bits may differ in its numbers, but not in the class it finds. int8
 * saturates on sounds louder than those it was calibrated on (a click alone): its logits may be any finite number.
 */
export function describeLimits(
  metadata: ModelMetadata,
  clips: readonly { readonly name: string }[],
): CompareOptions {
  const { precision = "fp32", labelling, temperature = 1 } = metadata;
  const thresholds = listThresholds(metadata, undefined, "clip");
  const cuts = labelling === "several" && { cuts: thresholds.map((one) => temperature * toLogit(one)) };
  const clipNames = new Set(clips.map(({ name }) => name));
  const isTimed: CompareOptions["isTimed"] = ({ name }) => clipNames.has(name);
  const common = { isTimed, ...cuts };
  if (precision === "fp32") return { tolerance: 1e-4, minAgreement: 1, ...common };
  return { tolerance: precision.startsWith("fp16") ? 0.1 : 1000, minAgreement: 0.9, ...common };
}

export interface Proof {
  readonly outcomes: readonly TargetOutcome[];
  readonly inputs: number;
  /** The error message when a target's answers differ. */
  readonly failure?: string;
}

export interface ProofOptions {
  readonly names: readonly (TargetName | "tfjs")[];
  readonly thorough: boolean;
}

/** What the others are compared with. */
interface Reference {
  readonly name: TargetName | "tfjs";
  readonly answers: readonly TargetAnswer[];
}

/** Asks one target after the other, the reference not again. @throws Error when that did not answer an input */
export async function compareTargets(
  names: ProofOptions["names"],
  model: Uint8Array,
  inputs: readonly ParityInput<readonly number[]>[],
  { name: reference, answers }: Reference,
  options: CompareOptions,
): Promise<TargetOutcome[]> {
  const expected = answers.map((answer) => {
    if ("error" in answer) throw new Error(`${reference}: ${answer.error}`);
    return answer.logits;
  });
  const outcomes: TargetOutcome[] = [];
  for (const name of names) {
    if (name === reference) outcomes.push(judgeAnswers(name, answers, inputs, expected, options));
    else if (name === "tfjs")
      outcomes.push({ target: name, unavailable: "no training lies with this file", notRun: [] });
    else outcomes.push(await compareTarget(name, model, inputs, expected, options));
  }
  return outcomes;
}

/** Runs the model on a target and compares its answers with the reference's. */
export async function compareTarget(
  name: TargetName,
  model: Uint8Array,
  inputs: readonly ParityInput<readonly number[]>[],
  expected: readonly Float32Array[],
  options: CompareOptions,
): Promise<TargetOutcome> {
  try {
    return judgeAnswers(name, await targets[name](model, inputs), inputs, expected, options);
  } catch (error) {
    if (error instanceof UnavailableError)
      return { target: name, unavailable: describeError(error), notRun: [] };
    throw error;
  }
}

/** @throws Error when no input was answered */
export function judgeAnswers(
  target: string,
  answers: readonly TargetAnswer[],
  inputs: readonly ParityInput<readonly number[]>[],
  expected: readonly Float32Array[],
  { tolerance, minAgreement, cuts, isTimed }: CompareOptions,
): TargetOutcome {
  const details = [];
  const notRun = [];
  const times: number[] = [];
  for (const [index, input] of inputs.entries()) {
    const answer = answers[index] ?? { error: "no answer" };
    const reference = expected[index] ?? new Float32Array();
    if ("error" in answer) {
      notRun.push({ input: input.name, reason: answer.error });
      continue;
    }
    details.push(compareAnswers(input, reference, answer.logits, cuts));
    if (isTimed(input)) times.push(answer.ms);
  }
  if (details.length === 0)
    return { target, unavailable: notRun[0]?.reason ?? "it answered nothing", notRun: [] };
  const report = summariseDetails(details, { target, tolerance, minAgreement });
  const [, ...warm] = times; // the first run of a session makes ready
  const mean = warm.reduce((sum, time) => sum + time, 0) / warm.length;
  return { target, report: { ...report, ...(warm.length > 0 && { meanMs: mean }) }, notRun };
}

/** A table of all targets, the distances of logits, and what was not run. */
export function formatOutcomes(outcomes: readonly TargetOutcome[], inputCount: number): string {
  const rows = outcomes.map(({ target, report }) =>
    report === undefined
      ? [target, "", "", "", "", "", "not available"]
      : [
          target,
          `${report.inputs}/${inputCount}`,
          report.maxAbsoluteDifference.toExponential(1),
          report.maxRelativeDifference.toExponential(1),
          `${(100 * report.topClassAgreement).toFixed(1)} %`,
          report.meanMs?.toFixed(2) ?? "",
          report.passed ? "passed" : "FAILED",
        ],
  );
  const header = ["target", "inputs", "largest diff.", "relative", "same class", "mean ms", "verdict"];
  const histograms = outcomes.flatMap(({ target, report }) =>
    report?.ulpHistogram === undefined ? [] : [[target, ...report.ulpHistogram.map(String)]],
  );
  const steps = ulpSteps.map((most) => (most <= 1 ? `${most}` : `≤ ${most}`));
  return [
    formatTable(header, rows),
    "",
    "logits by their distance in units in the last place of the clip's largest logit:",
    formatTable(["target", ...steps, "more"], histograms),
    ...outcomes.flatMap(({ target, unavailable, notRun }) => [
      ...(unavailable === undefined ? [] : [`${target} is not available: ${unavailable}`]),
      ...notRun.map(({ input, reason }) => `${target} did not run "${input}": ${reason}`),
    ]),
  ].join("\n");
}
