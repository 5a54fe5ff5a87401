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
import { defineNodeEngine, definePythonEngine } from "../measure/contestant.ts";
import { runBenchmark } from "../measure/run-benchmark.ts";
import { writeFold } from "./write-fold.ts";

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
