import path from "node:path";
import { at } from "../../common/at.ts";
import type { FeatureSet } from "../../datasets/feature-set.ts";
import { openRunFeatures, type RunFeatures } from "../../pipeline/runs/open-data.ts";
import { loadEngine } from "../../training/engine.ts";
import { composeJob } from "../../training/jobs/compose-job.ts";
import { runJob } from "../../training/loop/run-job.ts";
import { type DrawnAccuracy, drawClips, summarise } from "./measure-draws.ts";

/** Jobs are kept here, so that a run that was stopped goes on. */
const jobFolder = path.join("runs", "few-shot-from-scratch");

/**
 * The CNN from scratch, by the recipe `best` as it is, on the first of the draws that heads train on.
 * @param data a data set with folds @param draws of each count
 */
export async function trainDraws(
  data: string,
  clipCounts: readonly number[],
  draws: number,
): Promise<DrawnAccuracy[]> {
  await loadEngine("onnxruntime", 1);
  const job = composeJob({ recipe: "best", network: { architecture: "cnn" } });
  const settings = {
    data: path.resolve(data),
    extractor: "graph",
    engine: "onnxruntime",
    threads: 1,
  } as const;
  const features = await openRunFeatures({ ...settings, skipBadClips: false, maxClipSeconds: 600, job });
  const accuracies = new Map(clipCounts.map((count) => [count, new Array<number>()]));
  try {
    for (let draw = 0; draw < draws; draw++)
      for (const count of clipCounts) {
        const accuracy = await trainDraw(features, count, draw);
        accuracies.get(count)?.push(accuracy);
        console.log(`from scratch, ${count} clips a class, draw ${draw + 1}: ${accuracy.toFixed(1)} %`);
      }
  } finally {
    await features.close();
  }
  return [...accuracies].map(([clips, values]) => ({ head: "from scratch", clips, ...summarise(values) }));
}

/** @returns percent of the tested fold */
async function trainDraw(
  { featureSet, variants }: RunFeatures,
  count: number,
  draw: number,
): Promise<number> {
  const { trained, tested } = drawClips(featureSet, count, draw);
  const places = [...trained, ...tested];
  const job = composeJob({
    recipe: "best",
    network: { architecture: "cnn", classes: featureSet.labels.length },
    folds: { test: [at(featureSet.clips, at(tested, 0)).fold], validation: [] },
    seed: draw,
  });
  const outcome = await runJob(job, takeClips(featureSet, places), path.join(jobFolder, `${count}-${draw}`), {
    variants: new Map([...variants].map(([speed, set]) => [speed, takeClips(set, places)])),
  });
  if (outcome.status === "interrupted" || outcome.result.test === null)
    throw new Error(`draw ${draw}: expected a finished job with a test fold`);
  return 100 * outcome.result.test.accuracy;
}

function takeClips({ labels, clips, read }: FeatureSet, places: readonly number[]): FeatureSet {
  return {
    labels,
    clips: places.map((place) => at(clips, place)),
    read: (index) => read(at(places, index)),
  };
}
