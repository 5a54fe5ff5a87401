// Lets onnxruntime-node compute on an NVIDIA GPU: `npm run setup:cuda`. Its provider libraries are too large for npm;
// they come from ONNX Runtime's Python package of the same version, and NVIDIA's libraries, where the machine has none,
// from NVIDIA's Python packages. With `-- --without-gpu` also on a machine that only makes an image. Everything is kept
// in .cache/cuda, for `npm ci` deletes what is in node_modules.
import { existsSync } from "node:fs";
import { mkdir, readdir, rename, rm } from "node:fs/promises";
import path from "node:path";
import {
  addLibraryFolder,
  cudaCache,
  type CudaState,
  inspectCuda,
  libraryFolder,
  onnxruntime,
  providerNames,
} from "./inspect-cuda.ts";
import { type CudaWheels, cudaWheels } from "./wheels.ts";
import { fetchWheel } from "../fetch-wheel.ts";
import { holdLock } from "../folder-lock.mjs";
import { projectFolder } from "../run-tool.ts";
import { linkFolder } from "../tensorflow/link-folder.ts";
import { useWorkFolder } from "../work-folder.ts";
import { describeError } from "../../common/describe-error.ts";

const providerFolder = path.join(cudaCache, "providers");
const workFolder = path.join(cudaCache, "work");

/** Downloads what is missing, step by step, until a session runs on the GPU or nothing more can be downloaded. */
async function setUp(options: { readonly withoutGpu: boolean }): Promise<CudaState> {
  const state = inspectCuda(options);
  if (state.loads || state.kind === "platform" || state.kind === "gpu") return state;
  const wheels = cudaWheels[onnxruntime.version];
  if (wheels === undefined) {
    const known = Object.keys(cudaWheels).join(", ");
    throw new Error(
      `expected onnxruntime-node ${known}, whose libraries are known, got ${onnxruntime.version}`,
    );
  }
  await placeProviders(wheels);
  const withProviders = inspectCuda(options);
  if (withProviders.loads || withProviders.kind !== "libraries" || existsSync(libraryFolder))
    return withProviders;
  await fetchLibraries(wheels);
  return inspectCuda(options);
}

async function placeProviders({ providers }: CudaWheels): Promise<void> {
  if (!existsSync(providerFolder)) {
    const folder = path.join("onnxruntime", "capi");
    const wanted = providerNames.map((name) => path.join(folder, name));
    await putIntoCache(path.join(await fetchInto("providers", providers, wanted), folder), providerFolder);
  }
  for (const name of providerNames) await rm(path.join(onnxruntime.binaries, name), { force: true });
  await linkFolder(providerFolder, onnxruntime.binaries);
}

async function fetchLibraries({ libraries }: CudaWheels): Promise<void> {
  const gathered = path.join(workFolder, "gathered");
  await mkdir(gathered, { recursive: true });
  for (const wheel of libraries) {
    const unpacked = await fetchInto(wheel.project, wheel, ["nvidia/"]);
    for (const file of await readdir(unpacked, { recursive: true }))
      if (/\.so(\.\d+)*$/.test(file))
        await rename(path.join(unpacked, file), path.join(gathered, path.basename(file)));
  }
  await putIntoCache(gathered, libraryFolder);
}

async function fetchInto(
  name: string,
  wheel: CudaWheels["providers"],
  wanted: readonly string[],
): Promise<string> {
  const work = path.join(workFolder, name);
  await mkdir(work, { recursive: true });
  return fetchWheel(wheel, wanted, work);
}

/** In one rename, so that what is there is whole. */
async function putIntoCache(folder: string, place: string): Promise<void> {
  await rm(place, { recursive: true, force: true });
  await rename(folder, place);
}

try {
  await holdLock(path.join(projectFolder, ".cache", "locks", "cuda"), "setting up CUDA", async () => {
    const state = await useWorkFolder(workFolder, () =>
      setUp({ withoutGpu: process.argv.includes("--without-gpu") }),
    );
    if (!state.loads) throw new Error(state.problem);
    console.error(`cuda: ready on ${state.gpu}`);
    if (existsSync(libraryFolder)) {
      console.error("NVIDIA's libraries are found when the program starts with");
      console.error(`  export LD_LIBRARY_PATH=${addLibraryFolder(process.env.LD_LIBRARY_PATH)}`);
    }
  });
} catch (error) {
  console.error(`cuda: not set up: ${describeError(error)}`);
  process.exitCode = 1;
}
