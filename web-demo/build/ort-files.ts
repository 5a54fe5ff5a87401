import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { gzipSync } from "node:zlib";
import type { Plugin } from "vite";

/** What ONNX Runtime fetches at run time: a loader and its WebAssembly, for processors and for WebGPU. */
const builds = ["ort-wasm-simd-threaded", "ort-wasm-simd-threaded.asyncify"];
const folder = path.dirname(createRequire(import.meta.url).resolve("onnxruntime-web"));
const cacheFolder = path.join(import.meta.dirname, "../../.cache/ort");

/**
 * Puts ONNX Runtime's files under `ort/`, in the server and in the built folder. The WebAssembly is compressed here,
 * because many hosts send it as it is: 14 MB instead of 3.7.
 */
export function ortFiles(): Plugin {
  return {
    name: "earshot:ort-files",
    configureServer({ middlewares }) {
      middlewares.use((request, response, next) => {
        const { pathname } = new URL(request.url ?? "/", "http://localhost");
        const read = files.get(pathname.slice(1));
        if (read === undefined) {
          next();
          return;
        }
        const type = pathname.endsWith(".mjs") ? "text/javascript" : "application/gzip";
        response.setHeader("Content-Type", type);
        response.setHeader("Cross-Origin-Embedder-Policy", "require-corp"); // its threads start from the loader
        response.end(read());
      });
    },
    generateBundle() {
      for (const [fileName, read] of files) this.emitFile({ type: "asset", fileName, source: read() });
    },
  };
}

const files = new Map<string, () => Uint8Array>(
  builds.flatMap((build) => [
    [`ort/${build}.mjs`, () => readFileSync(path.join(folder, `${build}.mjs`))] as const,
    [`ort/${build}.wasm.gz`, () => packOnce(path.join(folder, `${build}.wasm`))] as const,
  ]),
);

/** Packing takes seconds, so what was packed before is kept, by the content's hash. */
function packOnce(file: string): Uint8Array {
  const content = readFileSync(file);
  const hash = createHash("sha256").update(content).digest("hex").slice(0, 16);
  const kept = path.join(cacheFolder, `${hash}.gz`);
  if (existsSync(kept)) return readFileSync(kept);
  const packed = gzipSync(content, { level: 9 });
  const temporary = `${kept}.${process.pid}.tmp`;
  mkdirSync(cacheFolder, { recursive: true });
  writeFileSync(temporary, packed);
  renameSync(temporary, kept);
  return packed;
}
