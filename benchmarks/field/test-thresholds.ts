/**
 * Do temperature and thresholds hold on clips that had no part in choosing them? For each job of a list: they are chosen
 * on its validation clips or, where it has none, on the test clips of the other folds, each scored by the network that
 * was not trained on it; then measured on its test clips and on generated background of another seed.
 *
 *     npx tsx benchmarks/field/test-thresholds.ts runs/cv5 [PRECISION]
 */
import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import process from "node:process";
import { UserError } from "../../common/user-error.ts";
import { calibrate, testCalibration, type UnseenClip } from "../../pipeline/calibration/calibrate.ts";
import { measureReliability } from "../../pipeline/calibration/reliability.ts";
import { stackRows } from "../../heads/matrix.ts";
import {
  type BackgroundAnswer,
  openGeneratedBackground,
  scoreBackground,
} from "../../pipeline/calibration/score-background.ts";
import { readPredictions } from "../../pipeline/jobs/predictions.ts";
import { openRun } from "../../pipeline/runs/run-folder.ts";
import { formatTable } from "../../pipeline/screen/format-table.ts";
import { readCheckpoint } from "../../training/checkpoints/checkpoint.ts";
import { loadEngine } from "../../training/engine.ts";

const [folder, precision = "0.95"] = process.argv.slice(2);
if (folder === undefined) throw new UserError("test-thresholds: expected the folder of a list, got none");
const goal = { precision: Number(precision) };

interface Fold {
  readonly name: string;
  readonly labels: readonly string[];
  readonly validation: readonly UnseenClip[];
  readonly test: readonly UnseenClip[];
  /** Of the stream that chooses, and of the one that tests. */
  readonly choosing: readonly BackgroundAnswer[];
  readonly testing: readonly BackgroundAnswer[];
}

const jobs = path.join(folder, "jobs");
const names = existsSync(jobs) ? readdirSync(jobs).map((name) => path.join(jobs, name)) : [folder];
const folds: Fold[] = [];
for (const name of names.filter((job) => existsSync(path.join(job, "predictions.jsonl"))))
  folds.push(await readFold(name));
const withoutClips = folds.filter(({ validation }) => validation.length === 0);
if (folds.length === 0 || (withoutClips.length > 0 && folds.length < 2))
  throw new UserError(
    `${folder}: expected jobs with validation clips, or two trained folds, got ${folds.length}`,
  );
const windowSeconds = 5;

const rows = folds.map((fold) => {
  const { name, labels, validation, test, testing } = fold;
  const others = folds.filter((other) => other !== fold);
  const calibration = calibrate({
    labels,
    goal,
    windowSeconds,
    clips: validation.length > 0 ? validation : others.flatMap((other) => other.test),
    background: validation.length > 0 ? fold.choosing : others.flatMap(({ choosing }) => choosing),
  });
  const tested = testCalibration(calibration, { labels, clips: test, background: testing });
  return { name, calibration, tested, labels, test };
});
const percent = (value: number | null): string => (value === null ? "none" : (100 * value).toFixed(1));
console.log(
  formatTable(
    [
      "job",
      "chosen on",
      "temperature",
      "thresholds",
      "precision, %: stated",
      "tested",
      "recall, %: stated",
      "tested",
    ],
    rows.map(({ name, calibration, tested }) => {
      const { clips, temperature, classes, expected } = calibration;
      const thresholds = classes.map(({ threshold }) => threshold);
      return [
        name,
        `${clips} clips`,
        temperature.toFixed(2),
        `${Math.min(...thresholds).toFixed(2)} to ${Math.max(...thresholds).toFixed(2)}`,
        percent(expected.precision),
        percent(tested.precision),
        percent(expected.recall),
        percent(tested.recall),
      ];
    }),
  ),
);
const mean = (values: readonly (number | null)[]): number =>
  values.reduce<number>((sum, value) => sum + (value ?? 0), 0) / values.length;
const [stated, tested] = [
  mean(rows.map(({ calibration }) => calibration.expected.precision)),
  mean(rows.map((row) => row.tested.precision)),
];
console.log(`mean precision: stated ${percent(stated)} %, tested ${percent(tested)} %`);
const [before, after] = [false, true].map((isScaled) => {
  const clips = rows.flatMap(({ test, labels, calibration }) =>
    test.map(({ label, logits }) => ({
      truth: labels.indexOf(label),
      logits: logits.map((logit) => (isScaled ? logit / calibration.temperature : logit)),
    })),
  );
  const { expectedError } = measureReliability(
    stackRows(clips.map(({ logits }) => logits)),
    clips.map(({ truth }) => [truth]),
  );
  return expectedError.toFixed(3);
});
console.log(`expected calibration error on all test clips together: ${before} before, ${after} after`);

async function readFold(job: string): Promise<Fold> {
  const run = await openRun(job);
  await loadEngine(run.config.engine, 1);
  const predictions = await readPredictions(run.folder);
  const trained = await readCheckpoint(run.folder);
  const [choosing, testing] = [
    await scoreBackground(trained, await openGeneratedBackground(run.config, "thresholds")),
    await scoreBackground(trained, await openGeneratedBackground(run.config, "thresholds, test")),
  ];
  trained.model.dispose();
  const pick = (split: "validation" | "test") => predictions.filter((clip) => clip.split === split);
  return {
    name: run.name,
    labels: trained.labels,
    choosing,
    testing,
    validation: pick("validation"),
    test: pick("test"),
  };
}
