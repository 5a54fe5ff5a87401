/**
 * Clips to logits, both networks, from log-mel and from the waveform: our exported model on onnxruntime-node beside
 * the same networks in Python's onnxruntime (from torch.onnx.export), PyTorch, and TF.js on its two CPU backends.
 *
 *     npm run bench -- --only inference [--case "cnn, features"]
 */
import { defineNodeEngine, definePythonEngine } from "../measure/contestant.ts";
import { type BenchmarkCase, runBenchmark } from "../measure/run-benchmark.ts";

const networks = ["cnn", "cnn-transformer"];
const inputs = ["features", "samples"] as const;
const batches = [1, 32];
/** What computes the log-mel before the network, where that does not do it itself. */
const before = {
  features: { torch: "", node: "" },
  samples: { torch: "torch.stft + ", node: "Meyda + " },
} as const;

function defineCase(network: string, input: (typeof inputs)[number], batch: number): BenchmarkCase {
  const settings = { network, input, batch };
  const { torch, node } = before[input];
  return {
    title: `${network}, ${input} input, batch ${batch}`,
    ours: [defineNodeEngine("earshot", "inference/inference-earshot.ts", settings)],
    peers: [
      definePythonEngine("onnxruntime, torch's file", "inference_torch.py", {
        ...settings,
        engine: "onnxruntime",
      }),
      definePythonEngine(`${torch}PyTorch eager`, "inference_torch.py", { ...settings, engine: "eager" }),
      defineNodeEngine(`${node}tfjs-node`, "inference/inference-tfjs.ts", {
        ...settings,
        backend: "tensorflow",
      }),
      defineNodeEngine(`${node}tfjs WASM`, "inference/inference-tfjs.ts", { ...settings, backend: "wasm" }),
    ],
  };
}

await runBenchmark(
  "inference",
  networks.flatMap((network) =>
    inputs.flatMap((input) => batches.map((batch) => defineCase(network, input, batch))),
  ),
  { rounds: 7 }, // Meyda takes ten seconds for 32 clips
);
