/**
 * The field benchmark: what a model finds in minutes of a background with sounds at known times. Adds a run to
 * docs/measured/field-benchmark.json, or replaces the one of its name, and writes docs/field-benchmark.md with its
 * picture; and field.json in the rotation's folder, for its report.
 *
 *     npx tsx benchmarks/field/field.ts --name after --rotation runs/cv5    # each fold by the network that never saw it
 *     npx tsx benchmarks/field/field.ts --name "model in the box"           # pretrained/esc10.onnx, trained on the clips
 */
import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import path from "node:path";
import { parseArgs } from "node:util";
import { UserError } from "../../common/user-error.ts";
import { listFolds } from "../../datasets/folds/list-folds.ts";
import { readDataset } from "../../datasets/read-dataset.ts";
import { readJson, writeJson } from "../../run-files/json-file.ts";
import { runConfigSchema } from "../../run-files/run-config.ts";
import { createClassifier, readWaveform } from "../../runtime/node.ts";
import { cutSound } from "./cut-sound.ts";
import type { FoldMeasures } from "../../run-files/field-file.ts";
import { type FieldClip, measureFold } from "./measure-fold.ts";
import { addFieldRun } from "./write-page.ts";

const { values: options } = parseArgs({
  options: {
    name: { type: "string", default: "model in the box" },
    data: { type: "string", default: "../shared/esc10" },
    model: { type: "string", default: "pretrained/esc10.onnx" },
    rotation: { type: "string" },
    scenes: { type: "string", default: "12" },
    beds: { type: "string", default: "15" },
    seed: { type: "string", default: "0" },
    note: { type: "string", default: "" },
  },
});
const settings = { scenes: Number(options.scenes), beds: Number(options.beds), seed: Number(options.seed) };
const sampleRateHz = 44_100;

const dataset = await readDataset(options.data);
const folds = listFolds(dataset.clips);
const models =
  options.rotation === undefined
    ? new Map(folds.map((fold) => [fold, options.model]))
    : await listFoldModels(options.rotation);

const measured: FoldMeasures[] = [];
for (const fold of folds) {
  const model = models.get(fold);
  if (model === undefined)
    throw new UserError(`fold ${fold}: expected a model that was not trained on it, got none`);
  await using classifier = await createClassifier(model, { allowUnverified: true, threads: 1 });
  const clips = await readClips(fold);
  const work = { fold, model: path.relative(process.cwd(), model), clips, sampleRateHz, settings };
  const begin = performance.now();
  measured.push(await measureFold(classifier, work));
  console.log(`fold ${fold}: ${((performance.now() - begin) / 1000).toFixed(0)} s`);
}
const run = { name: options.name, note: options.note, settings, folds: measured };
await addFieldRun(run);
// The report of the rotation shows it: npx earshot report --run runs/cv5
if (options.rotation !== undefined) await writeJson(path.join(options.rotation, "field.json"), run);

/** The jobs of a rotation, each with its own `model.onnx`: `npm run export -- --run runs/cv5/jobs/...`. */
async function listFoldModels(folder: string): Promise<Map<number, string>> {
  const found = new Map<number, string>();
  for (const name of await readdir(path.join(folder, "jobs"))) {
    const job = path.join(folder, "jobs", name);
    const config = await readJson(path.join(job, "config.json"), runConfigSchema);
    const model = path.join(job, "model.onnx");
    for (const fold of config?.job.folds.test ?? []) if (existsSync(model)) found.set(fold, model);
  }
  return found;
}

async function readClips(fold: number): Promise<FieldClip[]> {
  const clips: FieldClip[] = [];
  for (const clip of dataset.clips.filter((one) => one.fold === fold)) {
    const { samples } = await readWaveform(clip.path, { sampleRateHz });
    const sound = cutSound(samples, sampleRateHz);
    clips.push({
      label: clip.label,
      audio: { samples, sampleRateHz },
      sound: sound && { label: clip.label, samples: sound },
    });
  }
  return clips;
}
