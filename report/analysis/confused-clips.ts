import { at } from "../../common/at.ts";
import { computeProbabilities } from "../../common/labelling.ts";
import { pickClass } from "../metrics/answers.ts";
import type { VariantReport } from "./report-data.ts";

/** A misclassified clip, and the network's confidence in it. */
export interface ConfusedClip {
  readonly id: string;
  /** Class indices. */
  readonly truth: number;
  readonly predicted: number;
  /** Probabilities of the predicted class and of the true one. */
  readonly confidence: number;
  readonly truthProbability: number;
}

/** Misclassified clips, the most confident first; a clip that several trainings scored counts by its worst answer. */
export function listConfusedClips({
  answers,
  predictions,
}: NonNullable<VariantReport["scored"]>): ConfusedClip[] {
  const worst = new Map<string, ConfusedClip>();
  for (const [row, logits] of answers.logits.entries()) {
    const id = predictions[row]?.id;
    const truth = answers.truth[row];
    const probabilities = computeProbabilities(logits);
    const predicted = pickClass(probabilities);
    if (id === undefined || truth === undefined || predicted === truth) continue;
    const clip = {
      id,
      truth,
      predicted,
      confidence: at(probabilities, predicted),
      truthProbability: at(probabilities, truth),
    };
    if (clip.confidence > (worst.get(id)?.confidence ?? -1)) worst.set(id, clip);
  }
  return [...worst.values()].sort((one, two) => two.confidence - one.confidence);
}
