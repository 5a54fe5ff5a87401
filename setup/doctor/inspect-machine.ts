import { spawnSync } from "node:child_process";
import { existsSync, lstatSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import * as z from "zod";
import { type CudaLack, inspectCuda } from "../cuda/inspect-cuda.ts";
import { findBrowser } from "../browser/find-browser.ts";
import type { Finding } from "./format-findings.ts";
import {
  environmentFolder,
  findPythons,
  isEnvironmentReady,
  isNewEnough,
  oldestPython,
} from "../python/python-environment.ts";
import { projectFolder } from "../run-tool.ts";
import { describeCompilerInstall, findCompiler } from "../tensorflow/find-compiler.ts";
import { loadTfjsNode } from "../tensorflow/load-tfjs-node.ts";

/** Looks at everything that earshot can use on this machine; changes nothing. */
export function inspectMachine(): Finding[] {
  return [
    { name: "Node", state: "ok", detail: `${process.version} ${process.platform}-${process.arch}` },
    inspectNpm(),
    inspectTfjsNode(),
    inspectOnnxruntime(),
    inspectGpu(),
    inspectCompiler(),
    inspectPython(),
    inspectOracles(),
    inspectBrowser(),
    ...inspectData(),
    inspectCache(),
  ];
}

function inspectNpm(): Finding {
  // npm gives its scripts its name and version: "npm/11.19.1 node/v20.20.2 linux x64 workspaces/false".
  const version = /\bnpm\/(\S+)/.exec(process.env.npm_config_user_agent ?? "")?.[1];
  return { name: "npm", state: "ok", detail: version ?? "not started by npm" };
}

function inspectTfjsNode(): Finding {
  const name = "tfjs-node";
  const result = loadTfjsNode();
  if (result.loads) return { name, state: "ok", detail: `${result.tfjs}, TensorFlow ${result.tensorflow}` };
  return { name, state: "missing", detail: result.problem, repair: "npm run setup:tfjs-node" };
}

const backendsSchema = z.array(z.object({ name: z.string(), bundled: z.boolean() }));

const onnxruntimeScript = `
const { listSupportedBackends } = require("onnxruntime-node");
console.log(JSON.stringify(listSupportedBackends()));
`;

function inspectOnnxruntime(): Finding {
  const name = "onnxruntime-node";
  const { status, stdout, stderr } = spawnSync(process.execPath, ["-e", onnxruntimeScript], {
    encoding: "utf8",
    cwd: projectFolder,
  });
  if (status !== 0) {
    const problem = /^\w*Error: .*$/m.exec(stderr)?.[0] ?? `ended with ${String(status)}`;
    return { name, state: "missing", detail: problem, repair: "npm ci" };
  }
  const providers = backendsSchema
    .parse(JSON.parse(stdout))
    .map((backend) => (backend.bundled ? backend.name : `${backend.name} (not bundled)`));
  return { name, state: "ok", detail: `${readVersion(name)}; execution providers: ${providers.join(", ")}` };
}

function inspectGpu(): Finding {
  const name = "CUDA";
  const state = inspectCuda();
  if (state.loads) return { name, state: "ok", detail: state.gpu };
  const repairs: Readonly<Record<CudaLack, string | undefined>> = {
    platform: undefined,
    gpu: undefined,
    providers: "npm run setup:cuda",
    libraries: "npm run setup:cuda",
    driver: "install NVIDIA's driver for CUDA 13 (580 or newer)",
    other: "npm run setup:cuda",
  };
  const repair = repairs[state.kind];
  return {
    name,
    state: "optional",
    detail: `${state.problem}; everything runs on the processor`,
    ...(repair === undefined ? {} : { repair }),
  };
}

function inspectCompiler(): Finding {
  const name = "C++ compiler";
  const compiler = findCompiler();
  if (compiler !== undefined) return { name, state: "ok", detail: compiler.version };
  return {
    name,
    state: "optional",
    detail: "none; it is needed to build tfjs-node's addon",
    repair: describeCompilerInstall(),
  };
}

function inspectPython(): Finding {
  const name = "Python";
  const pythons = findPythons();
  const best = pythons.find((python) => isNewEnough(python.version)) ?? pythons[0];
  const repair = "install it (Debian, Ubuntu: sudo apt-get install python3 python3-venv python3-pip)";
  if (best === undefined)
    return { name, state: "optional", detail: "none; the tests' Python oracles need it", repair };
  const lacks = [
    !isNewEnough(best.version) && `older than ${oldestPython}`,
    !best.canMakeEnvironment && "no venv",
    !best.hasPip && "no pip",
  ].filter((lack) => lack !== false);
  const detail = [`${best.version} (${best.command})`, ...lacks].join(", ");
  return lacks.length === 0 ? { name, state: "ok", detail } : { name, state: "optional", detail, repair };
}

function inspectOracles(): Finding {
  const name = "Python oracles";
  if (isEnvironmentReady()) return { name, state: "ok", detail: ".venv holds the pinned packages" };
  const detail = existsSync(environmentFolder)
    ? ".venv is incomplete or out of date"
    : "none; the tests that need them are skipped";
  return { name, state: "optional", detail, repair: "npm run setup:python" };
}

function inspectBrowser(): Finding {
  const name = "browser";
  const browser = findBrowser();
  if (browser !== undefined) return { name, state: "ok", detail: browser };
  return {
    name,
    state: "optional",
    detail: "none; the tests that need it are skipped",
    repair: "npm run setup:browser",
  };
}

function inspectData(): Finding[] {
  const isMade = listEntries(".cache").some((entry) => entry.startsWith("synthetic"));
  const esc10 = path.join("..", "shared", "esc10");
  const embedded: Finding = isMade
    ? { name: "embedded data", state: "ok", detail: "made" }
    : { name: "embedded data", state: "optional", detail: "made on first use", repair: "npm run data" };
  const real: Finding = existsSync(path.join(projectFolder, esc10))
    ? { name: "ESC-10", state: "ok", detail: `${esc10}: npm start -- --data ${esc10}` }
    : { name: "ESC-10", state: "optional", detail: "not beside this folder: npm start -- --data <folder>" };
  return [embedded, real];
}

function inspectCache(): Finding {
  const sizes = listEntries(".cache")
    .map((entry) => ({ entry, bytes: measureFolder(path.join(projectFolder, ".cache", entry)) }))
    .filter(({ bytes }) => bytes > 0)
    .map(({ entry, bytes }) => `${entry} ${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`);
  return {
    name: "cache",
    state: "ok",
    detail: sizes.length === 0 ? "empty" : `.cache: ${sizes.join(", ")}; may be deleted`,
  };
}

function listEntries(folder: string): string[] {
  const absolute = path.join(projectFolder, folder);
  return existsSync(absolute) ? readdirSync(absolute) : [];
}

function measureFolder(file: string): number {
  const status = lstatSync(file);
  if (!status.isDirectory()) return status.size;
  return readdirSync(file).reduce((sum, entry) => sum + measureFolder(path.join(file, entry)), 0);
}

const require = createRequire(import.meta.url);
const versionSchema = z.object({ version: z.string() });

function readVersion(packageName: string): string {
  return versionSchema.parse(require(`${packageName}/package.json`)).version;
}
