import { existsSync, readFileSync } from "node:fs";
import { cp, mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { type Browser } from "playwright-core";
import { build as buildVite } from "vite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { projectFolder, runTool } from "../../setup/run-tool.ts";
import { describeWithBrowser, launchBrowser } from "../browser/launch-browser.ts";
import { servePages } from "../browser/serve-pages.ts";
import { runCommand } from "../runtime/run-command.ts";
import { buildTinyModel } from "../runtime/tiny-model.ts";

// Packs the package as npm would publish it and installs it into fresh apps, as its users do.

const minutes = 60_000;
const manifest = z
  .object({ devDependencies: z.record(z.string(), z.string()) })
  .parse(JSON.parse(readFileSync(join(projectFolder, "package.json"), "utf8")));
const pin = (name: string) => `${name}@${manifest.devDependencies[name] ?? "missing"}`;

/** What every app prints: the best label and its logit. */
const answerSchema = z.object({ label: z.string(), logit: z.number(), backend: z.string() });

const listen = `
  const ears = await createClassifier("model.onnx");
  const [{ label, logit }] = await ears.classify("clip.ogg");
  const answer = JSON.stringify({ label, logit, backend: ears.backend.name });
  await ears.dispose();`;

const nodeApp = {
  "main.mjs": `import { createClassifier } from "earshot/node";${listen}
  console.log(answer);`,
  "main.cjs": `const { createClassifier } = require("earshot/node");
  (async () => {${listen}
  console.log(answer); })();`,
  "worker.mjs": `import { Worker, isMainThread, parentPort } from "node:worker_threads";
  import { createClassifier } from "earshot/node";
  if (isMainThread) new Worker(new URL(import.meta.url)).on("message", (answer) => console.log(answer));
  else {${listen}
  parentPort.postMessage(answer); }`,
};

const page = (head: string) => `<!doctype html><title>app</title>${head}`;
const showAnswer = `${listen}
  document.title = answer;`;
const webApp = {
  "index.html": page(`<script type="module" src="/main.js"></script>`),
  "main.js": `import { createClassifier } from "earshot/web";${showAnswer}`,
  "plain.html": page(`<script type="importmap">{ "imports": {
      "onnxruntime-web/wasm": "/node_modules/onnxruntime-web/dist/ort.wasm.bundle.min.mjs",
      "onnxruntime-web/webgpu": "/node_modules/onnxruntime-web/dist/ort.webgpu.bundle.min.mjs"
    } }</script>
    <script type="module">import { createClassifier } from "/node_modules/earshot/dist/browser/earshot.js";
    ${showAnswer}</script>`),
};

const mediaTypes: Readonly<Record<string, string>> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".wasm": "application/wasm",
};

let folder = "";
let tarball = "";
/** The answer of the main Node app; every other app must give the same. */
let expected = { label: "", logit: NaN };

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "earshot-package-"));
  const { code, output } = await runTool("tsx", ["setup/build.ts"]);
  expect(code, output).toBe(0);
  await runCommand("npm", ["pack", "--pack-destination", folder], projectFolder);
  tarball = join(folder, (await readdir(folder)).find((name) => name.endsWith(".tgz")) ?? "");
  await makeApp("node-app", nodeApp, pin("onnxruntime-node"));
  expected = await runNode("main.mjs");
}, 10 * minutes);

afterAll(() => rm(folder, { recursive: true, force: true }));

async function makeApp(
  name: string,
  files: Readonly<Record<string, string>>,
  runtime: string,
): Promise<void> {
  const app = join(folder, name);
  await mkdir(app);
  await writeFile(join(app, "package.json"), JSON.stringify({ name, private: true }));
  for (const [file, text] of Object.entries(files)) await writeFile(join(app, file), text);
  await writeFile(join(app, "model.onnx"), buildTinyModel());
  await cp(join(projectFolder, "test/features/audio/mono.ogg"), join(app, "clip.ogg"));
  const options = ["--ignore-scripts", "--prefer-offline", "--no-audit", "--no-fund"];
  await runCommand("npm", ["install", tarball, runtime, ...options], app);
}

async function runNode(file: string) {
  const output = await runCommand(process.execPath, [file], join(folder, "node-app"));
  return answerSchema.parse(JSON.parse(output.trim().split("\n").at(-1) ?? ""));
}

describe("the packed package in Node", () => {
  it.each(["main.cjs", "worker.mjs"])("answers in %s as in an ES module", async (file) => {
    expect(expected.label).not.toBe("");
    expect(await runNode(file)).toEqual({ ...expected, backend: "cpu" });
  });

  it("brings no TensorFlow and no other ONNX Runtime", () => {
    const modules = join(folder, "node-app", "node_modules");
    expect(existsSync(join(modules, "onnxruntime-node"))).toBe(true);
    for (const name of ["@tensorflow", "onnxruntime-web", "yargs", "vega"])
      expect(existsSync(join(modules, name))).toBe(false);
  });

  it("pleases publint and, as a package of ES modules, attw", async () => {
    expect(await runTool("publint", ["--strict"])).toMatchObject({ code: 0 });
    const attw = await runTool("attw", ["--profile", "esm-only", tarball], "@arethetypeswrong/cli");
    expect(attw.code, attw.output).toBe(0);
  });
});

describe("the file for pages without a bundler", () => {
  it("loads less than 40 kB, gzipped, before the first decoder", async () => {
    const browser = join(projectFolder, "dist", "browser");
    const loaded = new Set<string>();
    const follow = (file: string): void => {
      if (loaded.has(file)) return;
      loaded.add(file);
      const text = readFileSync(join(browser, file), "utf8");
      for (const [, name = ""] of text.matchAll(/(?:from|import)\s*"\.\/([^"]+)"/g)) follow(name);
    };
    follow("earshot.js");
    const bytes = [...loaded].map((file) => gzipSync(readFileSync(join(browser, file))).length);
    expect(bytes.reduce((sum, size) => sum + size, 0)).toBeLessThan(40_000);
    expect((await readdir(browser)).some((file) => file.startsWith("decode-vorbis"))).toBe(true);
    expect([...loaded].some((file) => file.startsWith("decode-"))).toBe(false);
  });
});

describeWithBrowser("the packed package in Chromium", () => {
  let browser: Browser;

  beforeAll(async () => {
    await makeApp("web-app", webApp, pin("onnxruntime-web"));
    await buildVite({
      root: join(folder, "web-app"),
      configFile: false,
      logLevel: "error",
      build: { target: "es2023" },
    });
    for (const file of ["model.onnx", "clip.ogg"])
      await cp(join(folder, "web-app", file), join(folder, "web-app", "dist", file));
    browser = await launchBrowser();
  }, 10 * minutes);

  afterAll(() => browser.close());

  it.each([
    ["built by Vite", "web-app/dist", "/index.html"],
    ["of plain modules", "web-app", "/plain.html"],
  ])("answers in a page %s as in Node", async (_, root, path) => {
    const server = await servePages((url) => {
      const file = join(folder, root, url);
      if (!existsSync(file)) return undefined;
      return { body: readFileSync(file), type: mediaTypes[extname(file)] ?? "application/octet-stream" };
    });
    try {
      const tab = await browser.newPage();
      const problems: string[] = [];
      tab.on("pageerror", (error) => problems.push(error.message));
      await tab.goto(server.origin + path);
      await tab.waitForFunction("document.title !== 'app'", undefined, { timeout: minutes }).catch(() => {
        throw new Error(
          `expected an answer in the page's title, got errors: ${problems.join("; ") || "none"}`,
        );
      });
      const answer = answerSchema.parse(JSON.parse(await tab.title()));
      expect(answer).toMatchObject({ label: expected.label, backend: "wasm" });
      expect(answer.logit).toBeCloseTo(expected.logit, 4);
    } finally {
      await server.close();
    }
  });
});
