import { createHash } from "node:crypto";
import { listLabels } from "../../datasets/dataset.ts";
import { scoreRows } from "../../heads/linear-head.ts";
import { normaliseRows, stackRows, viewRow } from "../../heads/matrix.ts";
import type { TrainedHead } from "../../heads/train-head.ts";
import { type CalibrationFile, calibrationSchema } from "../../run-files/calibration.ts";
import { calibrate, minClips } from "../calibration/calibrate.ts";
import type { BackgroundAnswer } from "../calibration/score-background.ts";
import { type EmbeddedBackground, poolWindow } from "./embed-background.ts";
import type { EmbeddedClips } from "./embed-clips.ts";

/** The largest fraction of right answers is wanted that thresholds of networks that train are chosen for, too. */
const goal = { precision: 0.95 };

/**
 * Thresholds of a head: from its answers for clips by heads of the inner cross-validation that did not train on them,
 * and for background that no head trained on.
 * @returns undefined where there are too few clips
 */
export function calibrateHead(
  { clips, labels, labelling }: Pick<EmbeddedClips, "clips" | "labels" | "labelling">,
  { head, temperature, unseenLogits }: TrainedHead,
  background: readonly EmbeddedBackground[],
  hopSeconds: number,
): CalibrationFile | undefined {
  const isAnyNamed = clips.some((clip) => listLabels(clip).length > 0);
  if (unseenLogits === undefined || clips.length < minClips || !isAnyNamed) return undefined;
  // The temperature is inside the head; what was fitted is the same again.
  const undo = (values: Float64Array): number[] => Array.from(values, (logit) => logit * temperature);
  const unseen = clips.map(({ label, labels: own, fold }, row) => ({
    label,
    labels: own,
    fold,
    logits: undo(viewRow(unseenLogits, row)),
  }));
  const answers = background.flatMap(({ kind, isRecorded, embeddings }): BackgroundAnswer[] => {
    const rows = Array.from({ length: embeddings.frames }, (_, window) => poolWindow(embeddings, window));
    const logits = scoreRows(head, normaliseRows(stackRows(rows)));
    return rows.map((_, row) => ({ kind, isRecorded, logits: undo(viewRow(logits, row)) }));
  });
  const input = { labels, labelling, clips: unseen, background: answers, goal, windowSeconds: hopSeconds };
  const source = createHash("sha256").update(JSON.stringify(input)).digest("hex");
  return calibrationSchema.parse({ source, from: "an inner cross-validation", ...calibrate(input) });
}
