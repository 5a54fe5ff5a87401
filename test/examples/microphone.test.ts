import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { existsSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { build as buildVite } from "vite";
import { afterAll, beforeAll, expect, it } from "vitest";
import { defaultFeatureConfig, hashFeatureConfig } from "../../features/feature-config.ts";
import { launchPlainBrowser } from "../../setup/browser/launch-browser.ts";
import { projectFolder } from "../../setup/run-tool.ts";
import { describeWithBrowser } from "../browser/launch-browser.ts";
import { type PageServer, servePages } from "../../setup/browser/serve-pages.ts";
import { buildTinyModel, createTinyMetadata } from "../runtime/tiny-model.ts";
import { encodeWav } from "../runtime/audio/wav.ts";

const features = { ...defaultFeatureConfig, clipSeconds: 0.5 };
const mediaTypes: Readonly<Record<string, string>> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".wasm": "application/wasm",
};

describeWithBrowser("05 microphone", () => {
  let folder = "";
  let server: PageServer;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "earshot-microphone-"));
    await buildVite({
      root: join(projectFolder, "examples"),
      configFile: false,
      logLevel: "error",
      resolve: { alias: { "earshot/web": join(projectFolder, "runtime/web.ts") } },
      build: {
        outDir: folder,
        emptyOutDir: true,
        target: "es2023",
        rolldownOptions: { input: join(projectFolder, "examples/05-microphone.html") },
      },
    });
    const metadata = createTinyMetadata({ features, featureHash: hashFeatureConfig(features) });
    await writeFile(join(folder, "model.onnx"), buildTinyModel(metadata));
    const tone = Float32Array.from({ length: 96_000 }, (_, index) => Math.sin(index / 10) * 0.9);
    await writeFile(join(folder, "tone.wav"), encodeWav(tone, 48_000));
    server = await servePages((path) => {
      const file = join(folder, path);
      if (!existsSync(file)) return undefined;
      return { body: readFileSync(file), type: mediaTypes[extname(file)] ?? "application/octet-stream" };
    });
  });

  afterAll(async () => {
    await server.close();
    await rm(folder, { recursive: true, force: true });
  });

  it("shows the classes of a microphone that plays a file", async () => {
    const browser = await launchPlainBrowser([
      "--use-fake-ui-for-media-stream",
      "--use-fake-device-for-media-stream",
      `--use-file-for-fake-audio-capture=${join(folder, "tone.wav")}`,
      "--autoplay-policy=no-user-gesture-required",
    ]);
    try {
      const page = await browser.newPage();
      await page.goto(`${server.origin}/05-microphone.html`);
      await page.waitForFunction("/%|Error/.test(document.body.innerText)", undefined, { timeout: 60_000 });
      expect(await page.locator("#app").innerText()).not.toContain("Error");
      await page.waitForFunction("/^loud: \\d+ %$/.test(document.body.innerText.trim())", undefined, {
        timeout: 60_000,
      });
    } finally {
      await browser.close();
    }
  });
});
