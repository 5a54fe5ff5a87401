import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import type { Browser } from "playwright-core";
import { servePages, type PageServer } from "../../setup/browser/serve-pages.ts";
import { readAnswer, type Answer } from "./packed-app.ts";

const mediaTypes: Readonly<Record<string, string>> = {
  ".css": "text/css",
  ".html": "text/html",
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".wasm": "application/wasm",
};

/** Serves the files of an app as a web server would. */
export function serveFolder(folder: string): Promise<PageServer> {
  return servePages((url) => {
    const file = path.join(folder, url);
    if (!existsSync(file)) return undefined;
    return { body: readFileSync(file), type: mediaTypes[path.extname(file)] ?? "application/octet-stream" };
  });
}

/** The answer that a page writes into its title. @throws Error with the page's errors when it does not within a minute */
export async function visitPage(browser: Browser, address: string): Promise<Answer> {
  const tab = await browser.newPage();
  try {
    const problems: string[] = [];
    tab.on("pageerror", (error) => problems.push(error.message));
    tab.on("console", (message) => {
      if (message.type() === "error") problems.push(message.text());
    });
    await tab.goto(address);
    await tab.waitForFunction("document.title.startsWith('{')", undefined, { timeout: 60_000 }).catch(() => {
      const found = problems.join("; ") || "none";
      throw new Error(`${address}: expected an answer in the page's title, got errors: ${found}`);
    });
    return readAnswer(await tab.title());
  } finally {
    await tab.close();
  }
}
