/**
 * Everything that needs an NVIDIA GPU, in one script that installs nothing: does ONNX Runtime answer on the GPU as on
 * the processor, does training go the same way, and how fast are both beside PyTorch on the same card? Under 5 minutes.
 *
 *     npm run check:cuda [-- --rounds 9]
 *
 * PyTorch is that of `npm run bench:setup`, else that of the system's `python3`. Exit code 1 where a difference is
 * above its bound or there is no GPU.
 */
import { spawnSync } from "node:child_process";
import { parseArgs } from "node:util";
import { inspectCuda, onnxruntime } from "../../setup/cuda/inspect-cuda.ts";
import { isEnvironmentReady } from "../../setup/python/python-environment.ts";
import {
  type Contestant,
  defineNodeEngine,
  definePythonEngine,
  type Settings,
} from "../measure/contestant.ts";
import { printAbsences } from "../measure/print-case.ts";
import { type BenchmarkCase, runCase } from "../measure/run-benchmark.ts";
import { pythonPeers } from "../python/python-peers.ts";
import { compareAnswers, compareLosses, type Difference } from "./compare-providers.ts";

const networks = ["cnn", "cnn-transformer"];
const cuda = { provider: "cuda", engine: "onnxruntime-cuda" };

/** PyTorch with a GPU: the benchmarks' own environment, else the system's. */
function findPython(): Pick<Contestant, "program" | "absent"> {
  const program = isEnvironmentReady(pythonPeers) ? pythonPeers.python : "python3";
  const test = "import torch; assert torch.cuda.is_available()";
  const { status } = spawnSync(program, ["-c", test]);
  return status === 0 ? { program } : { program, absent: `${program} has no PyTorch that finds a GPU` };
}

const python = findPython();

function defineTorch(file: string, settings: Settings): Contestant {
  const {
    name,
    args,
    settings: all,
  } = definePythonEngine("PyTorch eager", file, {
    ...settings,
    device: "cuda",
  });
  return { ...python, name, args, settings: all };
}

function defineInference(network: string, input: string, batch: number): BenchmarkCase {
  const settings = { network, input, batch };
  return {
    title: `${network}, ${input} input, batch ${batch}`,
    ours: [defineNodeEngine("earshot, CUDA", "inference/inference-earshot.ts", { ...settings, ...cuda })],
    peers: [
      defineTorch("inference_torch.py", { ...settings, engine: "eager" }),
      // Seconds a run, where batches are large.
      ...(batch === 1
        ? [defineNodeEngine("earshot, processor", "inference/inference-earshot.ts", settings)]
        : []),
    ],
  };
}

function defineTrainStep(network: string, optimiser: string): BenchmarkCase {
  const settings = { network, optimiser, compiled: true };
  const script = "training/train-step-tfjs.ts";
  return {
    title: `${network}, ${optimiser}, batch 32`,
    ours: [defineNodeEngine("earshot, CUDA", script, { ...settings, ...cuda })],
    peers: [
      defineTorch("train_step_torch.py", { ...settings, mode: "eager" }),
      defineNodeEngine("earshot, processor", script, { ...settings, engine: "onnxruntime" }),
    ],
  };
}

function printDifferences(differences: readonly Difference[]): void {
  for (const { subject, largest, bound } of differences) {
    const verdict = largest <= bound ? "ok" : "FAILED";
    console.log(
      `  ${subject.padEnd(44)}${largest.toExponential(1).padStart(9)}  at most ${bound}  ${verdict}`,
    );
  }
}

async function checkCuda(rounds: number): Promise<boolean> {
  const state = inspectCuda();
  if (!state.loads) {
    console.error(`check:cuda: ${state.problem} (npm run setup:cuda)`);
    return false;
  }
  console.log(
    `${new Date().toISOString().slice(0, 10)}, ${state.gpu}, onnxruntime-node ${onnxruntime.version}`,
  );
  console.log("\nlogits on the GPU and on the processor, same samples: largest difference");
  const answers = await compareAnswers();
  printDifferences(answers);
  console.log(
    "\nlosses of 20 training steps (SGD) on the GPU and on the processor: largest difference, relative",
  );
  const losses = await compareLosses();
  printDifferences(losses);
  const inference = networks.flatMap((network) => [
    ...[1, 32].map((batch) => defineInference(network, "features", batch)),
    defineInference(network, "samples", 32),
  ]);
  const steps = networks.flatMap((network) => ["sgd", "adamw"].map((name) => defineTrainStep(network, name)));
  const options = { rounds, json: false, profile: false, filter: "" };
  const absent = [];
  for (const one of inference) absent.push(...(await runCase("inference", one, options)).absent);
  for (const one of steps) absent.push(...(await runCase("train-step", one, options)).absent);
  printAbsences(absent);
  return [...answers, ...losses].every(({ largest, bound }) => largest <= bound);
}

const { values } = parseArgs({ options: { rounds: { type: "string", default: "9" } } });
if (!(await checkCuda(Number(values.rounds)))) process.exitCode = 1;
