import { at } from "../../common/at.ts";
import type { Answers } from "./answers.ts";

/** Cross-entropy of each clip in nats: log(sum of exp(logits)) - the true class's logit. */
function listClipLosses(answers: Answers): number[] {
  return answers.truth.map((truth, clip) => {
    const logits = at(answers.logits, clip);
    const largest = Math.max(...logits);
    const sum = logits.reduce((total, logit) => total + Math.exp(logit - largest), 0);
    return Math.log(sum) + largest - (logits[truth] ?? Number.NEGATIVE_INFINITY);
  });
}

/** Mean cross-entropy in nats; null without clips. */
export function averageLoss(answers: Answers): number | null {
  const losses = listClipLosses(answers);
  return losses.length === 0 ? null : losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
}

/**
 * Sum over batches of each batch's mean cross-entropy: how the reference experiment prints its losses. It grows with
 * the number of clips, so it compares only between equal sets and batch sizes.
 */
export function sumBatchLosses(answers: Answers, batchClips: number): number | null {
  const losses = listClipLosses(answers);
  if (losses.length === 0) return null;
  let sum = 0;
  for (let start = 0; start < losses.length; start += batchClips) {
    const batch = losses.slice(start, start + batchClips);
    sum += batch.reduce((total, loss) => total + loss, 0) / batch.length;
  }
  return sum;
}
