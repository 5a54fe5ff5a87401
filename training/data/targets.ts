import { at } from "../../common/at.ts";
import type { TrainingJob } from "../../run-files/job.ts";
import type { Example } from "./read-examples.ts";

/**
 * Target of each class: (1 - smoothing) at the class plus smoothing / classes everywhere (Szegedy et al. 2016). With
 * balanced class weights each is scaled by examples / (classes x examples of the class), so that rare classes count as
 * much in the sum as common ones.
 */
export function createTargets(
  examples: readonly Pick<Example, "label">[],
  { network: { classes }, labelSmoothing, classWeights }: TrainingJob,
): Float32Array[] {
  const counts = new Array<number>(classes).fill(0);
  for (const { label } of examples) counts[label] = at(counts, label) + 1;
  return counts.map((count, label) => {
    const weight = classWeights === "balanced" && count > 0 ? examples.length / (classes * count) : 1;
    return Float32Array.from(
      { length: classes },
      (_, index) => weight * (labelSmoothing / classes + (index === label ? 1 - labelSmoothing : 0)),
    );
  });
}
