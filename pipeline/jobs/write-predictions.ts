import { writeFileAtomically } from "../../common/write-atomically.ts";
import type { Prediction } from "../../run-files/prediction.ts";
import type { FeatureSet } from "../../datasets/feature-set.ts";
import { readCheckpoint } from "../../training/checkpoints/checkpoint.ts";
import { evaluate } from "../../training/scoring/evaluate.ts";
import { splitClips } from "../../training/data/split-clips.ts";
import { createTfjsScorer } from "../../training/scoring/tfjs-scorer.ts";
import type { Run } from "../runs/run-folder.ts";

/**
 * Writes `predictions.jsonl`: the trained network's logits for every clip that it was not trained on, one line a
 * whole clip: the windows of a long one are pooled as in the run's result.
 */
export async function writePredictions(run: Run, featureSet: FeatureSet): Promise<void> {
  const parts = splitClips(featureSet, run.config.job.folds);
  const clips = new Map(featureSet.clips.map((clip) => [clip.parent ?? clip.id, clip]));
  const trained = await readCheckpoint(run.folder);
  const classes = trained.labels.length;
  const scorer = createTfjsScorer(trained);
  const rows: Prediction[] = [];
  for (const split of ["validation", "test"] as const) {
    if (parts[split].length === 0) continue;
    const { clipIds, logits } = await evaluate(scorer, featureSet, parts[split]);
    for (const [row, id] of clipIds.entries()) {
      const clip = clips.get(id);
      if (clip === undefined) throw new Error(`${id}: expected a clip of the data, got a scored stranger`);
      const { source, fold, label } = clip;
      const scores = [...logits.subarray(row * classes, (row + 1) * classes)];
      rows.push({ split, id, source, fold, label, logits: scores });
    }
  }
  await scorer.dispose();
  await writeFileAtomically(run.files.predictions, rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
}
