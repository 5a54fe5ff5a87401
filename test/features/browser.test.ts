import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { build } from "vite";
import { afterAll, beforeAll, expect, it } from "vitest";
import { extractClip } from "../../features/clip-features.ts";
import { featureConfigSchema } from "../../features/feature-config.ts";
import { createMeydaExtractor } from "../../features/meyda/meyda-extractor.ts";
import { describeWithBrowser, launchBrowser } from "../browser/launch-browser.ts";
import { type PageServer, servePages } from "../../setup/browser/serve-pages.ts";
import { findLargestDifference } from "./signals.ts";

const settings = {
  sampleRateHz: 22_050,
  fftSamples: 1024,
  hopSamples: 512,
  melBands: 64,
  clipSeconds: 0.6,
};
const config = featureConfigSchema.parse(settings);
const audioFolder = join(import.meta.dirname, "audio/files");
const ortFolder = join(import.meta.dirname, "../../node_modules/onnxruntime-web/dist");

describeWithBrowser("the room in a browser", () => {
  let browser: Browser;
  let server: PageServer;
  let page: Page;

  beforeAll(async () => {
    const modules = await bundlePage();
    server = await servePages((path) => findRoute(path, modules));
    browser = await launchBrowser();
    page = await browser.newPage();
    await page.goto(server.origin);
  });

  afterAll(async () => {
    await browser.close();
    await server.close();
  });

  it.each([
    ["mono.flac", "wasm"],
    ["mono.mp3", "wasm"],
    ["stereo.ogg", "wasm"],
    ["mono.opus", "webgpu"],
    ["stereo.flac", "webgpu"],
    ["stereo.flac", "meyda"],
  ])("gives the log-mel that Node gives: %s by %s", async (file, engine) => {
    const bytes = new Uint8Array(readFileSync(join(audioFolder, file)));
    const expected = await extractClip(bytes, file, config, createMeydaExtractor(config));
    const argument = JSON.stringify([`/audio/${file}`, engine, settings]);
    const values = await page.evaluate(
      `import("/browser-page.js").then((page) => page.extract(...${argument}))`,
    );
    if (!Array.isArray(values)) throw new TypeError("expected an array from the page");
    expect(findLargestDifference(values.map(Number), expected.values)).toBeLessThan(1e-4);
  });
});

/** The page's code and its chunks, by file name. */
async function bundlePage(): Promise<Map<string, string>> {
  const built = await build({
    configFile: false,
    logLevel: "error",
    build: {
      write: false,
      minify: false,
      target: "esnext",
      lib: { entry: join(import.meta.dirname, "browser-page.ts"), formats: ["es"], fileName: "browser-page" },
    },
  });
  const outputs = Array.isArray(built) ? built : [built];
  const chunks = outputs.flatMap((output) => ("output" in output ? output.output : []));
  return new Map(chunks.map((chunk) => [`/${chunk.fileName}`, "code" in chunk ? chunk.code : ""]));
}

function findRoute(path: string, modules: Map<string, string>) {
  if (path === "/") return { body: "<!doctype html><title>features</title>", type: "text/html" };
  const code = modules.get(path);
  if (code !== undefined) return { body: code, type: "text/javascript" };
  const [, folder, file] = /^\/(audio|ort)\/([\w.-]+)$/.exec(path) ?? [];
  if (folder === "audio" && file !== undefined) {
    return { body: readFileSync(join(audioFolder, file)), type: "application/octet-stream" };
  }
  if (folder === "ort" && file !== undefined) {
    const type = file.endsWith(".wasm") ? "application/wasm" : "text/javascript";
    return { body: readFileSync(join(ortFolder, file)), type };
  }
  return undefined;
}
