import { existsSync } from "node:fs";
import path from "node:path";
import { defaultClientConditions, defineConfig, type Plugin } from "vite";
import { serviceWorkerFile } from "./build/file-list.ts";
import { ortFiles } from "./build/ort-files.ts";
import { securityPolicy } from "./build/security-policy.ts";

const room = import.meta.dirname;

/** Isolated from other origins, so that WASM may use threads. */
const headers = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};

/** The pages. What `npm run demo` prepares (model, samples, reference logits) comes as `publicDir`. */
export default defineConfig({
  root: room,
  // Relative addresses: the built folder works at any place of any host.
  base: "./",
  publicDir: false,
  plugins: [ortFiles(), securityPolicy(), serviceWorker()],
  // ONNX Runtime without WebAssembly inside: `ortFiles` adds it, once.
  resolve: { conditions: ["onnxruntime-web-use-extern-wasm", ...defaultClientConditions] },
  // Each worker is bundled alone: a module that one loads on demand may be part of another from the start.
  worker: { format: "es", rolldownOptions: { checks: { ineffectiveDynamicImport: false } } },
  optimizeDeps: { entries: ["*.html", "**/*.ts", "!vite.config.ts", "!build/**", "!dist/**"] },
  server: { headers, fs: { allow: [path.dirname(room)] } },
  preview: { headers },
  build: {
    target: "es2023",
    assetsInlineLimit: 0, // the Content-Security-Policy allows no data: addresses
    modulePreload: { polyfill: false },
    emptyOutDir: true,
    rolldownOptions: {
      checks: { bundlerTimings: false },
      input: ["index.html", "parity.html"].map((page) => path.join(room, page)).filter(existsSync),
    },
  },
});

/** Builds the service worker. Whoever adds a model to the page writes the list of its files into it. */
function serviceWorker(): Plugin {
  return {
    name: "earshot:service-worker",
    apply: "build",
    buildStart() {
      this.emitFile({ type: "chunk", id: path.join(room, "service-worker.ts"), fileName: serviceWorkerFile });
    },
    generateBundle(_, bundle) {
      const worker = bundle[serviceWorkerFile];
      if (worker?.type !== "chunk" || worker.imports.length > 0)
        throw new Error(`${serviceWorkerFile}: expected the service worker as one script without imports`);
    },
  };
}
