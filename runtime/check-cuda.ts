import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";

const libraries = ["libonnxruntime_providers_shared.so", "libonnxruntime_providers_cuda.so"];

/**
 * Refuses CUDA where onnxruntime-node cannot have it, before it tries: its own message names no remedy.
 * @throws Error that says what is missing and where
 */
export function requireCuda(): void {
  const here = `${process.platform} ${process.arch}`;
  if (here !== "linux x64")
    throw new Error(`expected linux x64, where onnxruntime-node has CUDA, got ${here}`);
  const manifest = createRequire(import.meta.url).resolve("onnxruntime-node/package.json");
  const folder = path.join(path.dirname(manifest), "bin", "napi-v6", "linux", "x64");
  const missing = libraries.filter((library) => !existsSync(path.join(folder, library)));
  if (missing.length > 0)
    throw new Error(
      `expected ${missing.join(" and ")} in ${folder}, got none; they come with ` +
        "`node node_modules/onnxruntime-node/script/install --onnxruntime-node-install=cuda12`, " +
        "and want CUDA 12 and cuDNN 9 on the machine",
    );
}
