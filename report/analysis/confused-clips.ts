import { pickClass, softmax } from "../metrics/answers.ts";
import type { VariantReport } from "./report-data.ts";

/** A clip that was heard as something else, and how sure the network was of it. */
export interface ConfusedClip {
  readonly id: string;
  /** Class indices. */
  readonly truth: number;
  readonly heard: number;
  /** Probabilities of the class heard and of the true one. */
  readonly confidence: number;
  readonly truthProbability: number;
}

/** Wrongly heard clips, the surest mistakes first; a clip that several trainings scored counts by its worst answer. */
export function listConfusedClips({
  answers,
  predictions,
}: NonNullable<VariantReport["scored"]>): ConfusedClip[] {
  const worst = new Map<string, ConfusedClip>();
  for (const [row, logits] of answers.logits.entries()) {
    const id = predictions[row]?.id;
    const truth = answers.truth[row];
    const probabilities = softmax(logits);
    const heard = pickClass(probabilities);
    if (id === undefined || truth === undefined || heard === truth) continue;
    const clip = {
      id,
      truth,
      heard,
      confidence: probabilities[heard] ?? 0,
      truthProbability: probabilities[truth] ?? 0,
    };
    if (clip.confidence > (worst.get(id)?.confidence ?? -1)) worst.set(id, clip);
  }
  return [...worst.values()].sort((one, two) => two.confidence - one.confidence);
}
