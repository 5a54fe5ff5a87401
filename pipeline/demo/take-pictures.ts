import { mkdir } from "node:fs/promises";
import path from "node:path";
import { launchPlainBrowser } from "../../setup/browser/launch-browser.ts";
import { defaultModelPath } from "../default-model.ts";
import { servePage } from "../page/serve-page.ts";
import { programFolder } from "../program-folders.ts";
import { prepareDemo } from "./demo-folder.ts";

// `npm run docs:pictures`: the pictures of the documentation and of links to the demo, taken of the running demo, so
// that they stay true. The page has opened on its surest sample.

const patienceMs = 300_000;
/** Of the README; and the size that social networks ask for. */
const pictures = [
  { file: "docs/pictures/demo.png", viewport: { width: 1100, height: 780 } },
  { file: "web-demo/style/preview.jpg", viewport: { width: 1200, height: 630 } },
] as const;

const server = await servePage(await prepareDemo(await defaultModelPath()), { host: "127.0.0.1", port: 0 });
const browser = await launchPlainBrowser();
try {
  const page = await browser.newPage({ colorScheme: "light" });
  page.setDefaultTimeout(patienceMs);
  await page.goto(server.address);
  await page.locator("#play:enabled").waitFor();
  await page.locator("#clock").filter({ hasNotText: "/ 0:00.0" }).waitFor();
  for (const { file, viewport } of pictures) {
    await page.setViewportSize(viewport);
    await page.waitForTimeout(5000); // until bars and pictures are drawn
    const target = path.join(programFolder, file);
    await mkdir(path.dirname(target), { recursive: true });
    await page.screenshot({ path: target });
    console.log(file);
  }
} finally {
  await browser.close();
  await server.close();
}
