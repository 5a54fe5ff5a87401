import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Browser, Page } from "playwright-core";
import { build } from "vite";
import { launchBrowser } from "../../setup/browser/launch-browser.ts";
import { projectFolder } from "../../setup/run-tool.ts";
import { servePages } from "../../setup/browser/serve-pages.ts";

/** A Chromium and an empty page's address, from which the script `/page.js` can be imported. */
export interface BenchPage {
  readonly browser: Browser;
  /** Opens the page in a browser context with empty caches, for the time of `use`. */
  open<Result>(use: (page: Page) => Promise<Result>): Promise<Result>;
  close(): Promise<void>;
}

export interface BenchPageOptions {
  /** File below `benchmarks/` that becomes `/page.js`. */
  readonly entry: string;
  /** Further files by their path. */
  readonly files?: ReadonlyMap<string, Uint8Array | string>;
  /** Whether WASM may use threads. Default true. */
  readonly isolated?: boolean;
}

const modules = path.join(projectFolder, "node_modules");
const ort = "/ort/ort.";
const importMap = {
  imports: {
    "onnxruntime-web/wasm": `${ort}wasm.bundle.min.mjs`,
    "onnxruntime-web/webgpu": `${ort}webgpu.bundle.min.mjs`,
  },
};
const types: Readonly<Record<string, string>> = {
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".json": "application/json",
  ".wasm": "application/wasm",
};
const emptyPage = `<!doctype html><title>benchmark</title><script type="importmap">${JSON.stringify(importMap)}</script>`;

/** Builds the page's script as for production, serves it from this machine and starts the browser. */
export async function openBenchPage({
  entry,
  files = new Map(),
  isolated = true,
}: BenchPageOptions): Promise<BenchPage> {
  const folder = await mkdtemp(path.join(tmpdir(), "earshot-bench-page-"));
  await buildScript(entry, folder);
  const folders = {
    "/ort/": path.join(modules, "onnxruntime-web", "dist"),
    "/tfjs-wasm/": path.join(modules, "@tensorflow", "tfjs-backend-wasm", "dist"),
    "/": folder,
  };
  const server = await servePages(
    (address) => {
      if (address === "/") return { body: emptyPage, type: "text/html" };
      const type = types[path.extname(address)] ?? "application/octet-stream";
      const body = files.get(address);
      if (body !== undefined) return { body, type };
      const found = Object.entries(folders).find(([prefix]) => address.startsWith(prefix));
      const file = found === undefined ? "" : path.join(found[1], address.slice(found[0].length));
      return existsSync(file) ? { body: readFileSync(file), type } : undefined;
    },
    { isolated },
  );
  const browser = await launchBrowser();
  return {
    browser,
    async open(use) {
      const context = await browser.newContext();
      try {
        const page = await context.newPage();
        await page.goto(server.origin);
        return await use(page);
      } finally {
        await context.close();
      }
    },
    async close() {
      await browser.close();
      await server.close();
      await rm(folder, { recursive: true });
    },
  };
}

/** As one file, with ONNX Runtime beside it. */
async function buildScript(entry: string, outDir: string): Promise<void> {
  await build({
    root: projectFolder,
    configFile: false,
    publicDir: false,
    logLevel: "error",
    build: {
      lib: { entry: `benchmarks/${entry}`, formats: ["es"], fileName: () => "page.js" },
      rolldownOptions: { external: [/^onnxruntime-web/] },
      outDir,
      emptyOutDir: true,
      target: "es2023",
    },
  });
}
