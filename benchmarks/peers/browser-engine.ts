/** Chromium with one of the pages, on the browser benchmark. A round is a browser context with empty caches. */
import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import * as tf from "@tensorflow/tfjs";
import type { Browser } from "playwright-core";
import { build } from "vite";
import * as z from "zod";
import { createNetwork } from "../../models/create-network.ts";
import { networkConfigSchema } from "../../models/network-config.ts";
import { launchBrowser } from "../../setup/launch-browser.ts";
import { projectFolder } from "../../setup/run-tool.ts";
import { servePages } from "../../test/browser/serve-pages.ts";
import { exportUntrained } from "./export-untrained.ts";
import { readSettings, readVersion, serveRounds } from "./serve-rounds.ts";

const settings = z
  .object({
    network: z.enum(["cnn", "cnn-transformer"]),
    backend: z.enum(["wasm", "webgpu"]),
    page: z.enum(["earshot", "tfjs"]),
    threads: z.number(),
  })
  .parse(readSettings());
const timesSchema = z.object({ load: z.number(), first: z.number(), following: z.array(z.number()) });
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

/** The page's script as one file for production. */
async function buildPage(outDir: string): Promise<void> {
  await build({
    root: projectFolder,
    configFile: false,
    publicDir: false,
    logLevel: "error",
    build: {
      lib: {
        entry: `benchmarks/peers/browser-page-${settings.page}.ts`,
        formats: ["es"],
        fileName: () => "page.js",
      },
      rolldownOptions: { external: [/^onnxruntime-web/] },
      outDir,
      emptyOutDir: true,
      target: "es2023",
    },
  });
}

/** The model's files by their path, in the form that the page loads. */
async function makeModelFiles(): Promise<Map<string, Uint8Array | string>> {
  const model = createNetwork(networkConfigSchema.parse({ architecture: settings.network }), 1);
  if (settings.page === "earshot")
    return new Map([["/model.onnx", exportUntrained(model, "features").bytes]]);
  const files = new Map<string, Uint8Array | string>();
  await model.save(
    tf.io.withSaveHandler(({ modelTopology, weightSpecs, weightData }) => {
      const weights = tf.io.CompositeArrayBuffer.join(weightData);
      const weightsManifest = [{ paths: ["weights.bin"], weights: weightSpecs }];
      files.set("/model.json", JSON.stringify({ modelTopology, weightsManifest }));
      files.set("/weights.bin", new Uint8Array(weights));
      return Promise.resolve({ modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: "JSON" } });
    }),
  );
  return files;
}

async function timeRound(browser: Browser, origin: string): Promise<Record<string, number[]>> {
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    await page.goto(origin);
    const { backend, threads } = settings;
    const script = `import("/page.js").then(({ run }) => run(${JSON.stringify(backend)}, ${threads}))`;
    const { load, first, following } = timesSchema.parse(await page.evaluate(script));
    return { "ms to load": [load], "ms of the first answer": [first], "ms of an answer": following };
  } finally {
    await context.close();
  }
}

const folder = await mkdtemp(path.join(tmpdir(), "earshot-bench-page-"));
await buildPage(folder);
const files = await makeModelFiles();
files.set(
  "/",
  `<!doctype html><title>benchmark</title><script type="importmap">${JSON.stringify(importMap)}</script>`,
);
const folders = {
  "/ort/": path.join(modules, "onnxruntime-web", "dist"),
  "/tfjs-wasm/": path.join(modules, "@tensorflow", "tfjs-backend-wasm", "dist"),
  "/": folder,
};
// TF.js's threaded WASM hangs when it is started from a bundle; without isolation it takes its build for one thread.
const options = { isolated: settings.page === "earshot" || settings.backend === "webgpu" };
const server = await servePages((address) => {
  const type = address === "/" ? "text/html" : (types[path.extname(address)] ?? "application/octet-stream");
  const body = files.get(address);
  if (body !== undefined) return { body, type };
  const found = Object.entries(folders).find(([prefix]) => address.startsWith(prefix));
  const file = found === undefined ? "" : path.join(found[1], address.slice(found[0].length));
  return existsSync(file) ? { body: readFileSync(file), type } : undefined;
}, options);
const browser = await launchBrowser();
const library =
  settings.page === "earshot" ? "onnxruntime-web" : `@tensorflow/tfjs-backend-${settings.backend}`;
await serveRounds({ versions: { chromium: browser.version(), [library]: readVersion(library) } }, () =>
  timeRound(browser, server.origin),
);
await browser.close();
await server.close();
await rm(folder, { recursive: true });
