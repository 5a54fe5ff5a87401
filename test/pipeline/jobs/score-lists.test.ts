import path from "node:path";
import { expect, it } from "vitest";
import { checkSources } from "../../../pipeline/runs/check-sources.ts";
import { scoreEnsembles } from "../../../pipeline/jobs/score-ensembles.ts";
import { scoreWithout } from "../../../pipeline/jobs/score-without.ts";
import { parseJob } from "../../../run-files/job.ts";
import { addFiles, makeFolder } from "../../datasets/temporary-folder.ts";
import { makeJobResult } from "../../training/jobs/job-result.ts";

/** Logits of (rain, dog): labels are sorted, so `dog` is the first class. */
type Answer = readonly [source: string, label: "dog" | "rain", logits: readonly [dog: number, rain: number]];

/** A list's folder whose jobs answered so, and the jobs. */
function makeList(jobs: readonly { seed: number; fold: number; answers: readonly Answer[] }[]) {
  const folder = makeFolder();
  const finished = jobs.map(({ seed, fold, answers }) => {
    const name = `cnn-test-${fold}-seed-${seed}`;
    const lines = answers.map(([source, label, logits], clip) =>
      JSON.stringify({ split: "test", id: `${fold}-${clip}`, source, fold, label, logits }),
    );
    addFiles(folder, { [path.join("jobs", name, "predictions.jsonl")]: `${lines.join("\n")}\n` });
    const folds = { test: [fold], validation: [] };
    const result = makeJobResult(parseJob({ network: { architecture: "cnn", classes: 2 }, seed, folds }));
    return { name, result };
  });
  return { folder, finished };
}

const right = [2, 0] as const; // for a dog
const wrong = [0, 2] as const;
const barelyWrong = [0, 0.1] as const;

const list = [
  {
    seed: 0,
    fold: 1,
    answers: [
      ["a", "dog", right],
      ["a", "rain", right],
      ["b", "dog", right],
    ],
  },
  {
    seed: 0,
    fold: 2,
    answers: [
      ["c", "dog", wrong],
      ["d", "rain", wrong],
    ],
  },
  {
    seed: 1,
    fold: 1,
    answers: [
      ["a", "dog", barelyWrong],
      ["a", "rain", wrong],
      ["b", "dog", wrong],
    ],
  },
  {
    seed: 1,
    fold: 2,
    answers: [
      ["c", "dog", wrong],
      ["d", "rain", wrong],
    ],
  },
] as const;

it("leaves the clips of a recording out of a second score, seed by seed", async () => {
  const { folder, finished } = makeList(list);
  // left of seed 0: b right, c wrong, d right; of seed 1: b wrong, c wrong, d right
  expect(await scoreWithout(folder, finished, ["a"])).toEqual([
    {
      network: "cnn",
      withoutSources: ["a"],
      clips: 3,
      testAccuracy: (2 / 3 + 1 / 3) / 2,
      testAccuracyOfSeeds: { "0": 2 / 3, "1": 1 / 3 },
    },
  ]);
  expect(await scoreWithout(folder, finished, [])).toEqual([]);
});

it("scores seeds together by the mean of their softmax, and gives no number where a seed misses a fold", async () => {
  const { folder, finished } = makeList(list);
  // the first clip: one seed is sure and right, the other hardly wrong; the second: an even draw, the first class
  expect(await scoreEnsembles(folder, finished)).toEqual([
    { network: "cnn", seeds: [0, 1], testAccuracy: 3 / 5, clips: 5 },
  ]);
  expect(await scoreEnsembles(folder, finished.slice(0, 3))).toEqual([]);
});

it("refuses recordings that are not there, all at once", () => {
  const clips = [{ source: "a" }, { source: "b" }];
  const named = { "exclude-source": ["a", "x"], "score-without": ["y"] };
  expect(() => {
    checkSources(clips, named);
  }).toThrow(
    "--exclude-source: expected a recording of the data set, got x\n" +
      "--score-without: expected a recording of the data set, got y",
  );
});
