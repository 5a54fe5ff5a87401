import { type Browser } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { describeWithBrowser, launchBrowser } from "./launch-browser.ts";
import { type PageServer, servePages } from "../../setup/browser/serve-pages.ts";

describeWithBrowser("the tests' browser", () => {
  let browser: Browser;
  let server: PageServer;

  beforeAll(async () => {
    browser = await launchBrowser();
    server = await servePages((path) =>
      path === "/" ? { body: "<!doctype html><title>earshot</title>", type: "text/html" } : undefined,
    );
  });

  afterAll(async () => {
    await browser.close();
    await server.close();
  });

  it("opens an isolated page, so that WASM may use threads", async () => {
    const page = await browser.newPage();
    await page.goto(server.origin);
    expect(await page.title()).toBe("earshot");
    expect(await page.evaluate("crossOriginIsolated")).toBe(true);
    expect((await page.goto(`${server.origin}/none`))?.status()).toBe(404);
  });

  it("has a WebGPU adapter", async () => {
    const page = await browser.newPage();
    await page.goto(server.origin);
    const answer = await page.evaluate("navigator.gpu.requestAdapter().then((adapter) => adapter !== null)");
    expect(answer).toBe(true);
  });
});
