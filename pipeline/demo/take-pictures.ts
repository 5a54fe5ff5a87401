import { mkdir } from "node:fs/promises";
import path from "node:path";
import { launchPlainBrowser } from "../../setup/browser/launch-browser.ts";
import { defaultModelPath } from "../default-model.ts";
import { servePage } from "../page/serve-page.ts";
import { programFolder } from "../program-folders.ts";
import { prepareDemo } from "./demo-folder.ts";

// `npm run docs:pictures`: the pictures of the documentation, of the running demo, so that they stay true.

const folder = path.join(programFolder, "docs", "pictures");
const patienceMs = 300_000;

await mkdir(folder, { recursive: true });
const server = await servePage(await prepareDemo(await defaultModelPath()), { host: "127.0.0.1", port: 0 });
const browser = await launchPlainBrowser();
try {
  const page = await browser.newPage({ viewport: { width: 1100, height: 780 }, colorScheme: "light" });
  page.setDefaultTimeout(patienceMs);
  await page.goto(server.address);
  await page.locator("#microphone:enabled").waitFor();
  await page.locator("#samples button").nth(2).click();
  await page.locator("#play:enabled").waitFor();
  await page.locator("#clock").filter({ hasNotText: "/ 0:00.0" }).waitFor();
  await page.waitForTimeout(5000); // until bars and pictures are drawn
  await page.evaluate("scrollTo(0, 0)");
  const file = path.join(folder, "demo.png");
  await page.screenshot({ path: file });
  console.log(path.relative(programFolder, file));
} finally {
  await browser.close();
  await server.close();
}
