import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { ConsoleMessage, Page } from "playwright-core";
import { vi } from "vitest";
import { prepareDemo } from "../../pipeline/demo/demo-folder.ts";
import { joinSite } from "../../pipeline/page/write-site.ts";
import { makeBuiltPage } from "../pipeline/compiled-tool.ts";
import { type PageServer, servePages } from "../../setup/browser/serve-pages.ts";

/** The built demo, served as any host would. */
export interface DemoSite {
  readonly folder: string;
  readonly origin: string;
  /** The same folder from a host without COOP and COEP. */
  readonly plainOrigin: string;
  close(): Promise<void>;
}

/** A starved machine needs minutes to compile WebGPU's shaders on its processor. */
const patienceMs = 240_000;
vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

const mediaTypes: Readonly<Record<string, string>> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".css": "text/css",
  ".json": "application/json",
  ".svg": "image/svg+xml",
  ".jpg": "image/jpeg",
};

/** Writes the demo with a model, as `npm run demo:build` does. */
export async function buildDemoSite(model: Uint8Array): Promise<DemoSite> {
  const folder = await mkdtemp(path.join(tmpdir(), "earshot-demo-"));
  const modelFile = path.join(folder, "model.onnx");
  await writeFile(modelFile, model);
  const prepared = await prepareDemo(modelFile, path.join(folder, "prepared"));
  const site = path.join(folder, "site");
  await joinSite(await makeBuiltPage(), prepared, site);
  const isolated = await serveFolder(site, true);
  const plain = await serveFolder(site, false);
  return {
    folder,
    origin: isolated.origin,
    plainOrigin: plain.origin,
    close: async () => {
      await Promise.all([isolated.close(), plain.close()]);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function serveFolder(folder: string, isolated: boolean): Promise<PageServer> {
  return servePages(
    (address) => {
      const file = path.join(folder, address === "/" ? "index.html" : address);
      if (!existsSync(file)) return undefined;
      return { body: readFileSync(file), type: mediaTypes[path.extname(file)] ?? "application/octet-stream" };
    },
    { isolated },
  );
}

/** What a page complains of: errors and warnings of its console, and uncaught ones. Empty for a sound page. */
export function collectComplaints(page: Page): string[] {
  const complaints: string[] = [];
  page.on("console", (message: ConsoleMessage) => {
    if (["error", "warning"].includes(message.type())) complaints.push(message.text());
  });
  page.on("pageerror", ({ message }) => complaints.push(message));
  return complaints;
}

/** Opens the demo and waits until the model is ready. */
export async function openDemo(page: Page, origin: string): Promise<void> {
  page.setDefaultTimeout(patienceMs);
  await page.goto(origin);
  await page.locator("#microphone:enabled").waitFor();
}

/** Drops a file on the page, as a hand would. */
export async function dropFile(page: Page, name: string, content: Uint8Array): Promise<void> {
  const bytes = Buffer.from(content).toString("base64");
  const dataTransfer = await page.evaluateHandle(`(() => {
    const bytes = Uint8Array.from(atob("${bytes}"), (letter) => letter.charCodeAt(0));
    const transfer = new DataTransfer();
    transfer.items.add(new File([bytes], ${JSON.stringify(name)}));
    return transfer;
  })()`);
  await page.dispatchEvent("main", "dragenter", { dataTransfer });
  await page.dispatchEvent("main", "drop", { dataTransfer });
}

/** The logits on the rows of the bars, by label. */
export async function readLogits(page: Page): Promise<Map<string, number>> {
  const rows = await page.locator("#bars li").all();
  const entries = rows.map(async (row) => {
    const title = (await row.getAttribute("title")) ?? "";
    return [await row.locator(".label").innerText(), Number(title.replace("logit ", ""))] as const;
  });
  return new Map(await Promise.all(entries));
}

/** What a backend's badge says, once it says it. */
export async function readParity(page: Page, backend: string): Promise<string> {
  const badge = page.locator(`[value=${backend}] ~ .badge`).filter({ hasText: /Parity|reference/ });
  await badge.waitFor();
  return badge.innerText();
}
