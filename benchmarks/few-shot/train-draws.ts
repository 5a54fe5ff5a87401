import path from "node:path";
import { at } from "../../common/at.ts";
import type { FeatureSet } from "../../datasets/feature-set.ts";
import { openRunFeatures, type RunFeatures } from "../../pipeline/runs/open-data.ts";
import { loadEngine } from "../../training/engine.ts";
import { composeJob } from "../../training/jobs/compose-job.ts";
import { runJob } from "../../training/loop/run-job.ts";
import { type DrawnAccuracy, drawClips, summarise } from "./measure-draws.ts";

/** Name of its rows. */
export const fromScratch = "from scratch";
/** Jobs are kept here, so that a run that was stopped goes on. */
const jobFolder = path.join("runs", "few-shot-from-scratch");

/**
 * The CNN from scratch, by the recipe `best` as it is, on the first of the draws that heads train on.
 * @param data a data set with folds @param draws how many of each number of clips a class
 */
export async function trainDraws(data: string, draws: ReadonlyMap<number, number>): Promise<DrawnAccuracy[]> {
  await loadEngine("onnxruntime", 1);
  const job = composeJob({ recipe: "best", network: { architecture: "cnn" } });
  const settings = {
    data: path.resolve(data),
    extractor: "graph",
    engine: "onnxruntime",
    threads: 1,
  } as const;
  const features = await openRunFeatures({ ...settings, skipBadClips: false, maxClipSeconds: 600, job });
  const table: DrawnAccuracy[] = [];
  try {
    for (const [clips, count] of draws) {
      const values: number[] = [];
      for (let draw = 0; draw < count; draw++) {
        values.push(await trainDraw(features, clips, draw));
        console.log(
          `from scratch, ${clips} clips a class, draw ${draw + 1}: ${at(values, draw).toFixed(1)} %`,
        );
      }
      table.push({ head: fromScratch, clips, ...summarise(values) });
    }
  } finally {
    await features.close();
  }
  return table;
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

function takeClips(set: FeatureSet, places: readonly number[]): FeatureSet {
  return {
    labels: set.labels,
    clips: places.map((place) => at(set.clips, place)),
    read: (index) => set.read(at(places, index)),
  };
}
