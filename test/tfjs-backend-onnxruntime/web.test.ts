import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Browser } from "playwright-core";
import { build } from "vite";
import { afterAll, beforeAll, expect, it } from "vitest";
import { describeWithBrowser, launchBrowser } from "../browser/launch-browser.ts";
import { type PageServer, servePages } from "../../setup/browser/serve-pages.ts";

const wasmFolder = new URL("../../node_modules/onnxruntime-web/dist/", import.meta.url);

/** The page's script and all that it imports, as one file. */
async function bundlePage(): Promise<string> {
  const entry = fileURLToPath(new URL("train-in-browser.ts", import.meta.url));
  const built = await build({
    configFile: false,
    logLevel: "error",
    build: { write: false, minify: false, lib: { entry, formats: ["es"], fileName: "page" } },
  });
  const [result] = [built].flat();
  if (result === undefined || !("output" in result)) throw new Error("vite: expected a bundle");
  return result.output[0].code;
}

describeWithBrowser("onnxruntime-web over WASM in Chromium", () => {
  let browser: Browser;
  let server: PageServer;

  beforeAll(async () => {
    const script = await bundlePage();
    server = await servePages((path) => {
      if (path === "/") return { body: '<script type="module" src="/page.js"></script>', type: "text/html" };
      if (path === "/page.js") return { body: script, type: "text/javascript" };
      if (!/^\/ort-[\w.-]+\.(mjs|wasm)$/.test(path)) return undefined;
      const type = path.endsWith(".mjs") ? "text/javascript" : "application/wasm";
      return { body: readFileSync(new URL(path.slice(1), wasmFolder)), type };
    });
    browser = await launchBrowser();
  });

  afterAll(async () => {
    await browser.close();
    await server.close();
  });

  it("trains the small CNN with the losses of TF.js's CPU backend", async () => {
    const page = await browser.newPage();
    await page.goto(server.origin);
    await page.waitForFunction("globalThis.comparison !== undefined");
    const { expected, actual, compiled } = await page.evaluate(() => globalThis.comparison);
    expect(actual).toHaveLength(5);
    actual.forEach((loss, step) => {
      expect(Math.abs(loss - (expected[step] ?? Number.NaN)) / loss, `step ${step}`).toBeLessThan(1e-3);
    });
    expect(compiled).toBeLessThanOrEqual(4);
  });
});
