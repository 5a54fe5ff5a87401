import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { gzipSync } from "node:zlib";
import type { Plugin } from "vite";

/** What ONNX Runtime fetches at run time: a loader and its WebAssembly, for processors and for WebGPU. */
const builds = ["ort-wasm-simd-threaded", "ort-wasm-simd-threaded.asyncify"];
const folder = path.dirname(createRequire(import.meta.url).resolve("onnxruntime-web"));

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
    [
      `ort/${build}.wasm.gz`,
      remember(() => gzipSync(readFileSync(path.join(folder, `${build}.wasm`)))),
    ] as const,
  ]),
);

function remember<Value>(make: () => Value): () => Value {
  let value: { readonly made: Value } | undefined;
  return () => (value ??= { made: make() }).made;
}
