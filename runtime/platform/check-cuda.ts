import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";

const libraries = ["libonnxruntime_providers_shared.so", "libonnxruntime_providers_cuda.so"];

/**
 * Refuses CUDA where onnxruntime-node cannot have it, before it tries: its own message says neither what is missing
 * nor how to install it.
 * @throws Error that says both
 */
export function requireCuda(): void {
  const here = `${process.platform} ${process.arch}`;
  if (here !== "linux x64")
    throw new Error(`expected linux x64, where onnxruntime-node has CUDA, got ${here}`);
  const manifest = createRequire(import.meta.url).resolve("onnxruntime-node/package.json");
  const folder = path.join(path.dirname(manifest), "bin", "napi-v6", "linux", "x64");
  const absent = libraries.filter((library) => !existsSync(path.join(folder, library)));
  if (absent.length > 0)
    throw new Error(
      `expected ${absent.join(" and ")} in ${folder}, got none; \`npm run setup:cuda\` of earshot installs them, ` +
        "or `node node_modules/onnxruntime-node/script/install --onnxruntime-node-install=cuda12`",
    );
  const missing = libraries.flatMap((library) => listMissing(path.join(folder, library)));
  if (missing.length > 0)
    throw new Error(
      `expected ${missing.join(", ")} where the system looks for libraries (LD_LIBRARY_PATH), got none; ` +
        "libcuda comes with NVIDIA's driver, the others with CUDA and cuDNN 9 or `npm run setup:cuda` of earshot",
    );
}

/** What a library needs and the system's loader does not find; nothing where there is no `ldd` to ask. */
function listMissing(library: string): string[] {
  const { error, stdout } = spawnSync("ldd", [library], { encoding: "utf8" });
  if (error !== undefined) return [];
  return [...stdout.matchAll(/^\s*(\S+) => not found/gm)].map(([, name = ""]) => name);
}
