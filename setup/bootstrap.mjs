// Every npm script starts here: `node setup/bootstrap.mjs <stage> [arguments]`.
// Plain JavaScript without dependencies, because it runs before there are any. npm's own pre-scripts cannot do this:
// they are off with `ignore-scripts`.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { installPackages } from "./install-packages.mjs";
import { exitLike, runChild } from "./run-child.mjs";

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

/** Stages with a script of their own. Every other stage is one of pipeline/cli.ts, which knows their names. */
const setupStages = {
  "bench:docs": "benchmarks/write-docs.ts",
  "bench:setup": "benchmarks/python/setup.ts",
  build: "setup/build.ts",
  check: "setup/check.ts",
  "check:cuda": "benchmarks/cuda/check-cuda.ts",
  "docs:build": "setup/build-docs.ts",
  "docs:pictures": "pipeline/demo/take-pictures.ts",
  doctor: "setup/doctor/doctor.ts",
  format: "setup/format.ts",
  fuzz: "test/fuzz/run-fuzz.ts",
  kernels: "tfjs-backend-onnxruntime/print-kernels.ts",
  layers: "export/write-supported-layers.ts",
  "setup:browser": "setup/browser/setup-browser.ts",
  "setup:cuda": "setup/cuda/setup-cuda.ts",
  "setup:python": "setup/python/setup-python.ts",
  "setup:tfjs-node": "setup/tensorflow/setup-tfjs-node.ts",
  "test:environments": "test/package/run-environments.ts",
};

/** Stages that compute with TensorFlow, so that the first of them installs it. */
const tensorflowStages = ["start", "train", "tune", "reproduce", "worker", "export", "parity", "test"];

async function main() {
  const [stage = "start", ...args] = process.argv.slice(2);
  addCudaLibraries();
  shareHeaps();
  requireNode();
  await installPackages(root);
  const asksForHelp = args.includes("--help") || args.includes("-h");
  if (tensorflowStages.includes(stage) && !asksForHelp) await setUpTensorflow();
  if (stage === "test") {
    await setUpForTests();
    exitLike(await runVitest(args));
  } else if (stage === "test:fast") {
    exitLike(await runVitest([...readJson("test/fast-tests.json"), ...args]));
  } else if (Object.hasOwn(setupStages, stage)) {
    exitLike(await runTypeScript(setupStages[stage], args));
  } else {
    exitLike(await runTypeScript("pipeline/cli.ts", [stage, ...args]));
  }
}

/** The libraries of setup:cuda are found only by processes that start with this variable. */
function addCudaLibraries() {
  const cache = path.join(root, ".cache", "cuda");
  if (!existsSync(cache)) return;
  const folders = readdirSync(cache).map((version) => path.join(cache, version, "lib"));
  const value = process.env.LD_LIBRARY_PATH;
  process.env.LD_LIBRARY_PATH = [...folders, ...(value ? [value] : [])].join(path.delimiter);
}

/**
 * glibc gives each thread heaps of its own, which never shrink, and sound passes through several threads: with two for
 * all, the features of 4,000 clips take 8 % more memory than those of 400, else 29 % more
 * (benchmarks/features/feature-memory.ts).
 */
function shareHeaps() {
  process.env.MALLOC_ARENA_MAX ??= "2";
}

function requireNode() {
  const { engines } = readJson("package.json");
  const needed = engines.node.replace(">=", "");
  if (process.versions.node.localeCompare(needed, "en", { numeric: true }) < 0) {
    throw new Error(
      `Node ${needed} or newer is needed, this is ${process.versions.node} (${process.execPath})`,
    );
  }
}

/** Set-up has its own messages; when it fails the stage still runs, and says itself what it could not do. */
async function setUpTensorflow() {
  if (hasVerifiedTensorflow()) return;
  const ending = await runTypeScript("setup/tensorflow/setup-tfjs-node.ts", ["--quiet-when-ready"]);
  if (ending.signal !== null) exitByUser(ending);
}

async function setUpForTests() {
  const scripts = { "python/setup-python.ts": ["oracles", "queue"], "browser/setup-browser.ts": [] };
  for (const [name, args] of Object.entries(scripts)) {
    const script = `setup/${name}`;
    if (!existsSync(path.join(root, script))) continue;
    const ending = await runTypeScript(script, [...args, "--quiet-when-ready"]);
    if (ending.signal !== null) exitByUser(ending);
  }
}

/** The stamp of setup-tfjs-node.ts saves starting it, half a second, when there is nothing to do. */
function hasVerifiedTensorflow() {
  try {
    const stamp = path.join(root, "node_modules", "@tensorflow", "tfjs-node", "lib", "verified.json");
    return JSON.parse(readFileSync(stamp, "utf8")).node === process.version;
  } catch {
    return false;
  }
}

function exitByUser(ending) {
  exitLike(ending);
  process.exit(1);
}

function runTypeScript(script, args) {
  return runNode(["--import", import.meta.resolve("tsx"), path.join(root, script), ...args]);
}

function runVitest(args) {
  return runNode([path.join(root, "node_modules", "vitest", "vitest.mjs"), "run", ...args]);
}

function readJson(file) {
  return JSON.parse(readFileSync(path.join(root, file), "utf8"));
}

function runNode(args) {
  return runChild(process.execPath, args);
}

try {
  await main();
} catch (error) {
  console.error(`earshot: ${error.message}`);
  process.exitCode = 1;
}
