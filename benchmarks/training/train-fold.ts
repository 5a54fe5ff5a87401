/**
 * A fold of ESC-10 from cached features to trained weights: reading the features, standardising, 100 epochs of SGD in
 * batches of 32 with validation after each and a checkpoint of the best. The same loop in PyTorch beside ours.
 *
 *     npm run bench -- --only train-fold
 *
 * EARSHOT_BENCH_CLIPS names another data set, EARSHOT_BENCH_EPOCHS another number of epochs.
 */
import { existsSync } from "node:fs";
import path from "node:path";
import { mkdir, rename, writeFile } from "node:fs/promises";
import { defineNodeEngine, definePythonEngine } from "../measure/contestant.ts";
import { runBenchmark } from "../measure/run-benchmark.ts";
import { benchCache, foldRoles, openFold } from "./open-fold.ts";

const folder = path.resolve(process.env.EARSHOT_BENCH_CLIPS ?? "../shared/esc10");
const epochs = Number(process.env.EARSHOT_BENCH_EPOCHS ?? "100");
const exists = existsSync(folder);
const missing = exists ? {} : { absent: `no data set in ${folder}: name one in EARSHOT_BENCH_CLIPS` };
const foldFile = exists ? await writeFold(folder) : "";

await runBenchmark(
  "train-fold",
  ["cnn", "cnn-transformer"].map((network) => {
    const settings = { folder, foldFile, network, epochs };
    return {
      title: `${network}, one fold of ${path.basename(folder)}, ${epochs} epochs`,
      warmUps: 0,
      ours: Object.entries({ "earshot, ONNX Runtime": "onnxruntime", "earshot, tfjs-node": "tfjs-node" }).map(
        ([name, engine]) => ({
          ...defineNodeEngine(name, "training/train-fold-earshot.ts", { ...settings, engine }),
          ...missing,
        }),
      ),
      peers: [{ ...definePythonEngine("PyTorch eager", "train_fold_torch.py", settings), ...missing }],
    };
  }),
  { rounds: 1 },
);

/**
 * The same features for the peer: a file of float32 for each clip, row-major [frames, bands], and a list of them.
 * @returns the list's path: `{ bands, clips: [{ file, label, role }] }`
 */
async function writeFold(folder: string): Promise<string> {
  const { featureSet, cache } = await openFold(folder);
  const target = path.join(benchCache, "bench-fold");
  await mkdir(target, { recursive: true });
  const clips: { file: string; label: number; role: string }[] = [];
  let bands = 0;
  for (const [index, clip] of featureSet.clips.entries()) {
    const logMel = await featureSet.read(index);
    const file = path.join(target, `${index}.f32`);
    await writeFile(file, logMel.values);
    bands = logMel.bands;
    clips.push({ file, label: featureSet.labels.indexOf(clip.label), role: nameRole(clip.fold) });
  }
  await cache.dispose();
  const list = path.join(target, "fold.json");
  await writeFile(`${list}.part`, JSON.stringify({ bands, clips }));
  await rename(`${list}.part`, list);
  return list;
}

function nameRole(fold: number): string {
  if (foldRoles.test.includes(fold)) return "test";
  return foldRoles.validation.includes(fold) ? "validation" : "train";
}
