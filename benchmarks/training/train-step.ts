/**
 * One training step (forward, backward, update, loss read; batch 32, [214, 96]) of our TF.js backend on ONNX Runtime
 * beside tfjs-node and PyTorch, and beside what its matrix products alone would take at the machine's best speed.
 *
 *     npm run bench -- --only train-step [--case "cnn, SGD"]
 */
import { defineNodeEngine, definePythonEngine } from "../measure/contestant.ts";
import { runBenchmark } from "../measure/run-benchmark.ts";

const networks = ["cnn", "cnn-transformer"];
const optimisers = { sgd: "SGD with Nesterov momentum", adamw: "AdamW" };

await runBenchmark(
  "train-step",
  networks.flatMap((network) =>
    Object.entries(optimisers).map(([optimiser, described]) => {
      const settings = { network, optimiser };
      const ours = { "earshot, compiled step": true, "earshot, plain TF.js": false };
      const torch = { "PyTorch eager": "eager", "PyTorch compile": "compile" };
      return {
        title: `${network}, ${described}, batch 32`,
        ours: Object.entries(ours).map(([name, compiled]) =>
          defineNodeEngine(name, "training/train-step-tfjs.ts", {
            ...settings,
            engine: "onnxruntime",
            compiled,
          }),
        ),
        peers: [
          ...Object.entries(torch).map(([name, mode]) =>
            definePythonEngine(name, "train_step_torch.py", { ...settings, mode }),
          ),
          defineNodeEngine("tfjs-node", "training/train-step-tfjs.ts", { ...settings, engine: "tfjs-node" }),
          defineNodeEngine("bound: matrix products at peak", "training/matmul-peak-engine.ts", { network }),
        ],
      };
    }),
  ),
  { rounds: 7 },
);
