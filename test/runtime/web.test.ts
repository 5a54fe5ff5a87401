import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { type Browser, type Page } from "playwright-core";
import { build as buildVite } from "vite";
import { afterAll, beforeAll, expect, it } from "vitest";
import * as z from "zod";
import { createClassifier } from "../../runtime/node.ts";
import { projectFolder } from "../../setup/run-tool.ts";
import { describeWithBrowser, launchBrowser } from "../browser/launch-browser.ts";
import { type PageServer, servePages } from "../../setup/browser/serve-pages.ts";
import { buildTinyFeatureModel, buildTinyModel, makeLevel } from "./tiny-model.ts";
import { writeWav } from "../features/audio/write-wav.ts";

// In floats: of 16-bit samples Chromium divides the positive ones by 32,767, which is a direct current.
const clip = writeWav(makeLevel(0.5, 4000), { sampleRateHz: 8000, encoding: "float32" });
const ortFolder = join(projectFolder, "node_modules/onnxruntime-web/dist");
const importMap = {
  imports: {
    "onnxruntime-web/wasm": "/ort/ort.wasm.bundle.min.mjs",
    "onnxruntime-web/webgpu": "/ort/ort.webgpu.bundle.min.mjs",
  },
};
const scoresSchema = z.array(z.object({ label: z.string(), logit: z.number() }));

describeWithBrowser("earshot/web", () => {
  let folder = "";
  let server: PageServer;
  let browser: Browser;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "earshot-web-"));
    await buildVite({
      root: projectFolder,
      configFile: false,
      publicDir: false,
      logLevel: "error",
      build: {
        lib: { entry: "runtime/web.ts", formats: ["es"], fileName: () => "earshot.js" },
        rolldownOptions: { external: [/^onnxruntime-web/] },
        outDir: folder,
        emptyOutDir: true,
        target: "es2023",
      },
    });
    const memory: Readonly<Record<string, Uint8Array | string>> = {
      "/": `<!doctype html><title>web</title><script type="importmap">${JSON.stringify(importMap)}</script>`,
      "/model.onnx": buildTinyModel(),
      "/features.onnx": buildTinyFeatureModel(),
      "/clip.wav": clip,
      "/text.wav": "no sound",
    };
    const types: Readonly<Record<string, string>> = {
      "": "text/html",
      ".js": "text/javascript",
      ".mjs": "text/javascript",
      ".wasm": "application/wasm",
    };
    server = await servePages((path) => {
      const type = types[extname(path)] ?? "application/octet-stream";
      const content = memory[path];
      if (content !== undefined) return { body: content, type };
      const file = path.startsWith("/ort/") ? join(ortFolder, path.slice(5)) : join(folder, path);
      return existsSync(file) ? { body: readFileSync(file), type } : undefined;
    });
    browser = await launchBrowser();
  });

  afterAll(async () => {
    await browser.close();
    await server.close();
    await rm(folder, { recursive: true, force: true });
  });

  /** Runs code in a fresh page that has `createClassifier`. */
  async function runInPage(code: string): Promise<unknown> {
    const page: Page = await browser.newPage();
    try {
      await page.goto(server.origin);
      return await page.evaluate(`import("/earshot.js").then(async ({ createClassifier }) => { ${code} })`);
    } finally {
      await page.close();
    }
  }

  it.each(["/model.onnx", "/features.onnx"])("answers as in Node: %s", async (path) => {
    const found = await runInPage(`
      const classifier = await createClassifier("${path}");
      const bytes = await (await fetch("/clip.wav")).arrayBuffer();
      const buffer = await new OfflineAudioContext(1, 1, 8000).decodeAudioData(bytes.slice(0));
      return Promise.all(["/clip.wav", new URL("/clip.wav", location), await fetch("/clip.wav"),
        new Blob([bytes]), bytes, new Uint8Array(bytes), buffer].map((audio) => classifier.classify(audio)));`);
    await using classifier = await createClassifier(
      path === "/model.onnx" ? buildTinyModel() : buildTinyFeatureModel(),
    );
    const expected = await classifier.classify(clip);
    const answers = z.array(scoresSchema).parse(found);
    expect(answers).toHaveLength(7);
    for (const answer of answers)
      for (const [place, { label, logit }] of expected.entries()) {
        expect(answer[place]?.label).toBe(label);
        expect(answer[place]?.logit).toBeCloseTo(logit, 3);
      }
  });

  it("computes on WebGPU where there is one, and says so", async () => {
    const found = await runInPage(`
      const classifier = await createClassifier("/model.onnx", { executionProviders: ["webgpu", "wasm"] });
      const [best] = await classifier.classify("/clip.wav");
      return { backend: classifier.backend, label: best.label };`);
    expect(found).toEqual({
      backend: { name: "webgpu", requested: ["webgpu", "wasm"], rejected: [] },
      label: "loud",
    });
  });

  it("falls back to WASM without WebGPU, and says why", async () => {
    const found = await runInPage(`
      Object.defineProperty(navigator, "gpu", { value: undefined });
      delete Object.getPrototypeOf(navigator).gpu; delete navigator.gpu;
      const classifier = await createClassifier("/model.onnx", { executionProviders: ["webgpu", "wasm"] });
      return classifier.backend;`);
    expect(found).toMatchObject({ name: "wasm", rejected: [{ name: "webgpu" }] });
  });

  it("refuses what is not there and what is no sound, with the codes of Node", async () => {
    const codes = await runInPage(`
      const classifier = await createClassifier("/model.onnx");
      const codeOf = (call) => call.then(() => "none", ({ name, code }) => name + " " + code);
      return Promise.all([
        codeOf(createClassifier("/none.onnx")), codeOf(createClassifier("/clip.wav")),
        codeOf(classifier.classify("/none.wav")), codeOf(classifier.classify("/text.wav"))]);`);
    expect(codes).toEqual([
      "SourceError unreadable",
      "ModelError not-onnx",
      "SourceError unreadable",
      "AudioError bad-audio",
    ]);
  });

  it("answers two models and many calls at once", async () => {
    const labels = await runInPage(`
      const [one, two] = await Promise.all([createClassifier("/model.onnx"), createClassifier("/features.onnx")]);
      const calls = Array.from({ length: 20 }, (_, index) => (index % 2 ? one : two).classify("/clip.wav"));
      const answers = await Promise.all(calls);
      return answers.filter((_, index) => index % 2).map(([best]) => best.label);`);
    expect(labels).toEqual(Array(10).fill("loud"));
  });

  it("streams", async () => {
    const events = await runInPage(`
      const classifier = await createClassifier("/model.onnx");
      const stream = classifier.stream({ sampleRateHz: 8000, hopSeconds: 0.1 });
      const found = (async () => { const all = []; for await (const event of stream) all.push(event); return all; })();
      for (let block = 0; block < 60; block++) await stream.push(new Float32Array(128).fill(0.5));
      stream.end();
      return found;`);
    expect(events).toMatchObject([{ label: "loud", startSeconds: 0, endSeconds: 0.96 }]);
  });

  it("keeps its memory flat over 1,000 classifications", async () => {
    const page = await browser.newPage();
    await page.goto(server.origin);
    const protocol = await page.context().newCDPSession(page);
    const measureHeap = async (): Promise<number> => {
      await protocol.send("HeapProfiler.collectGarbage");
      return (await protocol.send("Runtime.getHeapUsage")).usedSize / 2 ** 20;
    };
    await page.evaluate(`import("/earshot.js").then(async ({ createClassifier }) => {
      const classifier = await createClassifier("/model.onnx");
      const samples = new Float32Array(4000).fill(0.5);
      globalThis.classifyOften = async (calls) => {
        for (let call = 0; call < calls; call++) await classifier.classify(samples, { sampleRateHz: 8000 });
      };
    })`);
    await page.evaluate("classifyOften(200)");
    const before = await measureHeap();
    await page.evaluate("classifyOften(1000)");
    expect((await measureHeap()) - before).toBeLessThan(1);
    await page.close();
  });
});
