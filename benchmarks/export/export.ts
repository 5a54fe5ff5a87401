/**
 * A network in memory to an ONNX file's bytes: time, and the file's size. Ours takes a TF.js model and writes what it
 * needs to answer log-mel, torch.onnx.export the same network of PyTorch.
 *
 *     npm run bench -- --only export
 */
import { defineNodeEngine, definePythonEngine } from "../measure/contestant.ts";
import { runBenchmark } from "../measure/run-benchmark.ts";

const exporters = { "torch.onnx.export": "dynamo", "torch.onnx.export, TorchScript": "torchscript" };

await runBenchmark(
  "export",
  ["cnn", "cnn-transformer"].map((network) => ({
    title: network,
    ours: [defineNodeEngine("earshot", "export/export-earshot.ts", { network })],
    peers: Object.entries(exporters).map(([name, exporter]) =>
      definePythonEngine(name, "export_torch.py", { network, exporter }),
    ),
  })),
  { rounds: 5 },
);
