import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";
import * as z from "zod";
import { projectFolder } from "../run-tool.ts";

export const providerNames = [
  "libonnxruntime_providers_shared.so",
  "libonnxruntime_providers_cuda.so",
] as const;

export type CudaState =
  /** A session ran on the GPU. */
  | { readonly loads: true; readonly gpu: string }
  /** What is missing. `kind` says which step of the set-up is next. */
  | { readonly loads: false; readonly kind: CudaLack; readonly problem: string };

export type CudaLack = "platform" | "gpu" | "providers" | "libraries" | "driver" | "other";

const require = createRequire(import.meta.url);
const packageFile = require.resolve("onnxruntime-node/package.json");

/** onnxruntime-node's version, and the folder from which it loads providers. */
export const onnxruntime = {
  version: z.object({ version: z.string() }).parse(require(packageFile)).version,
  binaries: path.join(path.dirname(packageFile), "bin", "napi-v6", process.platform, process.arch),
};

/** Where set-up puts NVIDIA's libraries. */
export const cudaCache = path.join(projectFolder, ".cache", "cuda", onnxruntime.version);
export const libraryFolder = path.join(cudaCache, "lib");

/**
 * Whether ONNX Runtime computes on a GPU here; if not, what is missing. NVIDIA's libraries are also found in the cache.
 * @param options.withoutGpu look further where there is no GPU, as on a machine that makes an image for others
 */
export function inspectCuda({ withoutGpu = false } = {}): CudaState {
  const lack = (kind: CudaLack, problem: string): CudaState => ({ loads: false, kind, problem });
  const here = `${process.platform} ${process.arch}`;
  if (here !== "linux x64")
    return lack("platform", `onnxruntime-node has CUDA on linux x64, this is ${here}`);
  const gpu = findGpu();
  if (gpu === undefined && !withoutGpu)
    return lack("gpu", "nvidia-smi finds no GPU: there is none, or NVIDIA's driver is not installed");
  if (!providerNames.every((name) => existsSync(path.join(onnxruntime.binaries, name))))
    return lack("providers", "onnxruntime-node has no CUDA libraries");
  const script = fileURLToPath(new URL("load-test.mjs", import.meta.url));
  const env = { ...process.env, LD_LIBRARY_PATH: addLibraryFolder(process.env.LD_LIBRARY_PATH) };
  const { status, stderr } = spawnSync(process.execPath, [script], {
    encoding: "utf8",
    env,
    timeout: 120_000,
  });
  if (status === 0) return { loads: true, gpu: gpu ?? "a GPU" };
  const library = /error: (\S+): cannot open shared object file/.exec(stderr)?.[1];
  if (library === "libcuda.so.1") return lack("driver", "no libcuda.so.1: it comes with NVIDIA's driver");
  if (library !== undefined) return lack("libraries", `no ${library}: CUDA 13 or cuDNN 9 is not installed`);
  const failure = /CUDA failure (\d+: [^;]+?) *;/.exec(stderr)?.[1];
  if (failure !== undefined) return lack("driver", `CUDA failure ${failure}`);
  return lack("other", stderr.trim().split("\n").at(-1) ?? `ended with ${String(status)}`);
}

/** The value of LD_LIBRARY_PATH with which NVIDIA's libraries are found where set-up put them. */
export function addLibraryFolder(value: string | undefined): string {
  return [libraryFolder, ...(value === undefined || value === "" ? [] : [value])].join(path.delimiter);
}

/** The first GPU's name, by the tool that comes with NVIDIA's driver. */
function findGpu(): string | undefined {
  const { status, stdout } = spawnSync("nvidia-smi", ["--query-gpu=name", "--format=csv,noheader"], {
    encoding: "utf8",
  });
  return status === 0 ? stdout.split("\n")[0] : undefined;
}
