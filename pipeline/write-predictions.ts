import { writeFileAtomically } from "../datasets/write-atomically.ts";
import type { FeatureSet } from "../datasets/feature-set.ts";
import { readCheckpoint } from "../training/checkpoint.ts";
import { evaluate } from "../training/evaluate.ts";
import { createTfjsScorer } from "../training/tfjs-scorer.ts";
import type { Run } from "./run-folder.ts";

/** Writes `predictions.jsonl`: the trained network's logits for every clip that it was not trained on. */
export async function writePredictions(run: Run, featureSet: FeatureSet): Promise<void> {
  const { folds } = run.config.job;
  const trained = await readCheckpoint(run.folder);
  const scorer = createTfjsScorer(trained);
  const rows: object[] = [];
  for (const split of ["validation", "test"] as const) {
    const indices = [...featureSet.clips.keys()].filter((index) =>
      folds[split].includes(featureSet.clips[index]?.fold ?? -1),
    );
    if (indices.length === 0) continue;
    const { logits } = await evaluate(scorer, featureSet, indices);
    const classes = trained.labels.length;
    for (const [row, index] of indices.entries()) {
      const clip = featureSet.clips[index];
      if (clip === undefined) continue;
      const { id, source, fold, label } = clip;
      rows.push({
        split,
        id,
        source,
        fold,
        label,
        logits: [...logits.subarray(row * classes, (row + 1) * classes)],
      });
    }
  }
  await scorer.dispose();
  await writeFileAtomically(run.files.predictions, rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
}
