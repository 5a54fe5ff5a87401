import type { FeatureConfig } from "./feature-config.ts";
import { countClipSamples } from "./fit-clip.ts";
import { UserError } from "../common/user-error.ts";

const windowLimits = { min: 64, max: 32_768 };

/**
 * Checks what a schema cannot: settings that only fit together, or only one extractor.
 * @throws UserError that lists all problems together
 */
export function checkExtractionConfig(config: FeatureConfig, extractor: "meyda" | "graph"): void {
  const problems = [findWindowProblem(config), findClipProblem(config)];
  if (extractor === "graph") problems.push(findDivisorProblem(config), findScalarProblem(config));
  else problems.push(findGapProblem(config));
  const found = problems.filter((problem) => problem !== undefined);
  if (found.length > 0) throw new UserError(`feature config: ${found.join("; ")}`);
}

function findWindowProblem({ fftSamples }: FeatureConfig): string | undefined {
  const { min, max } = windowLimits;
  const isPower = Number.isInteger(Math.log2(fftSamples));
  if (isPower && fftSamples >= min && fftSamples <= max) return undefined;
  return `fftSamples: expected a power of two from ${min} to ${max}, got ${fftSamples}`;
}

function findDivisorProblem({ fftSamples, hopSamples }: FeatureConfig): string | undefined {
  if (fftSamples % hopSamples === 0) return undefined;
  const allowed: number[] = [];
  for (let hop = 1; hop <= fftSamples; hop++) if (fftSamples % hop === 0) allowed.push(hop);
  return `hopSamples: the graph expects a divisor of the window (${allowed.join(", ")}), got ${hopSamples}`;
}

function findGapProblem({ fftSamples, hopSamples }: FeatureConfig): string | undefined {
  if (hopSamples <= fftSamples) return undefined;
  return `hopSamples: expected at most the window of ${fftSamples}, or sound would be skipped, got ${hopSamples}`;
}

function findScalarProblem({ scalarFeatures }: FeatureConfig): string | undefined {
  if (scalarFeatures.length === 0) return undefined;
  return `scalarFeatures: a graph computes mel bands alone, got ${scalarFeatures.join(", ")}; only Meyda has these`;
}

function findClipProblem(config: FeatureConfig): string | undefined {
  const clipSamples = countClipSamples(config);
  if (clipSamples >= config.fftSamples) return undefined;
  return `clipSeconds: expected at least one window (${config.fftSamples} samples), got ${clipSamples} samples`;
}
