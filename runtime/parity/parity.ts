import type { ParityResult } from "../../features/model-metadata.ts";
import {
  addHistograms,
  compareAnswers,
  type ParityDetail,
  sameAnswer,
  usualLogit,
} from "./compare-answers.ts";
import { ParityError } from "../errors.ts";
import type { ShapedScorer } from "../ort-scorer.ts";
import type { ParityInput } from "./parity-inputs.ts";

/**
 * What `compareScorers` and `verifyParity` found.
 *
 *     const { maxAbsoluteDifference, topClassAgreement }: ParityReport = await verifyParity(scorer, other, inputs, 1e-4);
 */
export interface ParityReport extends ParityResult {
  readonly maxScaledDifference: number;
  readonly details: readonly ParityDetail[];
}

export interface ParityOptions {
  /** What `other` runs on, e.g. `cpu` or `webgpu`. */
  readonly target: string;
  readonly tolerance?: number;
  /** Fraction of inputs whose class must agree, 0 to 1. Default 1. */
  readonly minAgreement?: number;
}

/**
 * Whether `other` answers as `reference` does: every logit within `tolerance`, which grows with logits above 3
 * (`scaleDifference`), every top class the same.
 *
 *     const report = await compareScorers(scorer, other, inputs, { target: "cpu" });
 *     if (!report.passed) console.error(formatParityReport(report));
 *
 * @throws RangeError when the two answer different numbers of logits, or there are no inputs
 */
export async function compareScorers<Shape extends readonly number[]>(
  reference: ShapedScorer<Shape>,
  other: ShapedScorer<Shape>,
  inputs: readonly ParityInput<Shape>[],
  options: ParityOptions,
): Promise<ParityReport> {
  if (inputs.length === 0) throw new RangeError("parity: expected at least one input, got none");
  const details: ParityDetail[] = [];
  for (const input of inputs) {
    const expected = await reference.score(input.values, input.shape);
    const actual = await other.score(input.values, input.shape);
    details.push(compareAnswers(input, expected, actual));
  }
  return summariseDetails(details, options);
}

/** The verdict over all inputs. */
export function summariseDetails(
  details: readonly ParityDetail[],
  { target, tolerance = sameAnswer, minAgreement = 1 }: ParityOptions,
): ParityReport {
  const maxAbsoluteDifference = Math.max(...details.map((detail) => detail.maxAbsoluteDifference));
  const maxScaledDifference = Math.max(...details.map((detail) => detail.maxScaledDifference));
  const agreeing = details.filter((detail) => detail.topClassAgrees).length;
  return {
    target,
    inputs: details.length,
    maxAbsoluteDifference,
    maxRelativeDifference: Math.max(...details.map((detail) => detail.maxRelativeDifference)),
    maxScaledDifference,
    topClassAgreement: agreeing / details.length,
    tolerance,
    passed: maxScaledDifference <= tolerance && agreeing >= minAgreement * details.length,
    ulpHistogram: addHistograms(details.map((detail) => detail.ulpHistogram)),
    details,
  };
}

/**
 * For tests: as `compareScorers`, but a disagreement throws.
 *
 *     const inputs = [{ name: "sound", values: samples, shape: [1, samples.length] as const }];
 *     await verifyParity(await openScorer("model.onnx"), await openScorer("model.int8.onnx"), inputs, 0.5);
 *
 * @throws ParityError that prints the worst input, both answers, the largest difference and its place
 */
export async function verifyParity<Shape extends readonly number[]>(
  modelA: ShapedScorer<Shape>,
  modelB: ShapedScorer<Shape>,
  inputs: readonly ParityInput<Shape>[],
  tolerance = sameAnswer,
): Promise<ParityReport> {
  const report = await compareScorers(modelA, modelB, inputs, { target: "model B", tolerance });
  if (!report.passed) throw new ParityError(formatParityReport(report));
  return report;
}

/**
 * The verdict in one line; after a failure, the worst input with both answers.
 *
 *     console.log(formatParityReport(await verifyParity(scorer, other, inputs, 1e-4), ["dog", "rain"]));
 */
export function formatParityReport(report: ParityReport, labels: readonly string[] = []): string {
  const { target, inputs, tolerance, topClassAgreement } = report;
  const verdict =
    `parity with ${target} ${report.passed ? "passed" : "FAILED"}: ${inputs} inputs, ` +
    `largest difference ${describeDifference(report)} (tolerance ${tolerance}), ` +
    `same class ${(100 * topClassAgreement).toFixed(1)} %`;
  const worst = findWorst(report.details);
  if (report.passed || worst === undefined) return verdict;
  const place = labels[worst.classIndex] ?? `class ${worst.classIndex}`;
  return [
    verdict,
    `worst input: ${worst.name} [${worst.shape.join(", ")}], clip ${worst.clip}, ${place}`,
    `  reference: ${formatLogits(worst.reference)}`,
    `  ${target}: ${formatLogits(worst.other)}`,
    `  difference ${worst.maxAbsoluteDifference.toExponential(2)}, relative ${worst.maxRelativeDifference.toExponential(2)}`,
  ].join("\n");
}

function describeDifference({ maxAbsoluteDifference, maxScaledDifference }: ParityReport): string {
  const absolute = maxAbsoluteDifference.toExponential(2);
  return maxScaledDifference === maxAbsoluteDifference
    ? absolute
    : `${absolute}, ${maxScaledDifference.toExponential(2)} at logits of ${usualLogit}`;
}

/** A wrong class is worse than any difference that leaves the class as it is. */
function findWorst(details: readonly ParityDetail[]): ParityDetail | undefined {
  return details.toSorted(
    (one, two) =>
      Number(one.topClassAgrees) - Number(two.topClassAgrees) ||
      two.maxAbsoluteDifference - one.maxAbsoluteDifference,
  )[0];
}

function formatLogits(logits: readonly number[]): string {
  return logits.map((logit) => logit.toPrecision(7)).join(", ");
}
