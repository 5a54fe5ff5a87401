import { at } from "../../common/at.ts";
import { computeProbabilities } from "../../common/labelling.ts";
import type { StepAnswers, WindowModel } from "./window-model.ts";

/** The probabilities of a window, spread over its time. */
export interface Localised {
  readonly stepSamples: number;
  /** @param place samples from the window's start @returns [labels]; undefined where the window is silent */
  readonly read: (place: number) => Float64Array | undefined;
}

/**
 * Where in a window its classes are. A step's logits say what the network would answer for a clip of nothing but that
 * step; the window's probabilities say what it answers for the whole, as it was trained to and as thresholds are measured.
 * So a class has its window's probability p at the step where it is the most probable, and at step t
 *
 *     p sqrt(s[t] / max(s)),   s = the class's probability at each step alone.
 *
 * Of p s / max(s), its square root and cube root, the geometric mean and the minimum of p and s, and s alone, the square
 * root had the highest event F1 (docs/field-benchmark.md).
 *
 * @param probabilities of the window, [labels]
 */
export function localise(
  { startSamples, stepSamples, logits }: StepAnswers,
  probabilities: Float64Array,
  model: Pick<WindowModel, "labelling" | "temperature">,
): Localised {
  const labels = probabilities.length;
  const steps = Array.from({ length: logits.length / labels }, (_, step) =>
    computeProbabilities(logits.subarray(step * labels, (step + 1) * labels), model),
  );
  const largest = probabilities.map((_, label) =>
    steps.reduce((max, step) => Math.max(max, at(step, label)), Number.MIN_VALUE),
  );
  const scaled = steps.map((step) =>
    step.map((own, label) => at(probabilities, label) * Math.sqrt(own / at(largest, label))),
  );
  return {
    stepSamples,
    read: (place) => interpolate(scaled, (place - startSamples) / stepSamples - 0.5),
  };
}

/** Between the two steps around a place, counted in steps. @returns undefined a step or more outside of them */
function interpolate(steps: readonly Float64Array[], place: number): Float64Array | undefined {
  if (place <= -1 || place >= steps.length) return undefined;
  const inside = Math.min(steps.length - 1, Math.max(0, place));
  const before = at(steps, Math.floor(inside));
  const after = at(steps, Math.ceil(inside));
  const weight = inside - Math.floor(inside);
  return before.map((probability, label) => probability + weight * (at(after, label) - probability));
}
