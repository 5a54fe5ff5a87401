// Where the packed package is tried: one row an environment. `npm run test:environments` installs each app and runs it.
import { makeTypesConfig } from "./packed-app.ts";

/** An app that installed `earshot` and `packages`, with the files of `app.ts` and its own. */
export interface Environment {
  readonly name: string;
  /** Exact versions, besides earshot, which depends on `onnxruntime-node`. */
  readonly packages: readonly string[];
  /** Its own files, by path. */
  readonly files?: Readonly<Record<string, string>>;
  /** Commands of the app and its packages that must succeed; what they print is not read. */
  readonly prepare?: readonly string[];
  /** Commands that print the answer, which must be the one of Node to the last bit. */
  readonly answers?: readonly string[];
  /** A command that serves the pages on the port `PORT`; without it the app's folder is served. */
  readonly server?: string;
  /** Pages that show the answer in their title, opened in Chromium, and the backend that must have given it. */
  readonly pages?: Readonly<Record<string, "wasm" | "cpu">>;
  /** Patterns of files that no build may contain. */
  readonly absent?: readonly string[];
}

const ortWeb = "onnxruntime-web@1.30.0";
const nodeTypes = "@types/node@20.19.43";
/** npm has the programs of each platform as packages of their own. */
const platform = `${process.platform === "win32" ? "win" : process.platform}-${process.arch}`;

const allOfNode = ["index.mjs", "main.mjs", "main.cjs", "worker.mjs", "many.mjs", "handler.mjs"];

function node(version: string): Environment {
  const program = `node_modules/node-${platform}/bin/node`;
  return {
    name: `Node ${version.split(".", 1).join()}: import, require, worker threads, handler`,
    packages: [`node-${platform}@${version}`],
    prepare: [`${program} node_modules/earshot/bin/earshot.mjs predict clip.ogg --model model.onnx`],
    answers: allOfNode.map((file) => `${program} ${file}`),
  };
}

/** A test of a user: a file, its bytes, and samples in an array of the realm that the runner made for the test. */
const unitTest = (load: string) => `${load}
  const { readFile } = require("node:fs/promises");
  test("answers", async () => {
    const classifier = await createClassifier("model.onnx");
    const [best] = await classifier.classify("clip.ogg");
    const [same] = await classifier.classify(await readFile("clip.ogg"));
    const [realm] = await classifier.classify(new Uint8Array(await readFile("clip.ogg")));
    const samples = Float32Array.from({ length: 8000 }, (_, index) => Math.sin(index / 9));
    const answers = await classifier.classify({ samples, sampleRateHz: 16000 });
    expect(same.logit).toBe(best.logit);
    expect(realm.logit).toBe(best.logit);
    expect(answers[0].probability).toBeGreaterThan(0);
    await expect(classifier.classify({ nothing: true })).rejects.toThrow(/expected/);
    const { backend } = classifier;
    await classifier.dispose();
    process.stdout.write(JSON.stringify({ label: best.label, logit: best.logit, backend: backend.name }) + "\\n");
  });`;

/** Without the flag, Jest runs no ES module, imported or required. */
const jest = `node --experimental-vm-modules node_modules/jest/bin/jest.js --ci --testMatch "**/*.test.*js"`;
const dynamic = `let createClassifier;
  beforeAll(async () => ({ createClassifier } = await import("earshot")));`;
const required = `const { createClassifier } = require("earshot");`;
const imported = `import { createRequire } from "node:module";
  import { createClassifier } from "earshot";
  const require = createRequire(import.meta.url);`;

function typeScript(version: string): Environment {
  return {
    name: `TypeScript ${version.split(".", 1).join()}: node16 and bundler, without skipLibCheck`,
    packages: [`typescript@${version}`, nodeTypes, ortWeb],
    files: {
      "tsconfig.node16.json": makeTypesConfig("node16", "node16", ["node"]),
      "tsconfig.bundler.json": makeTypesConfig("esnext", "bundler", ["node"]),
    },
    prepare: ["node16", "bundler"].map((resolution) => `tsc -p tsconfig.${resolution}.json`),
  };
}

const viteConfig = (options: object) => `export default ${JSON.stringify(options)};`;
const inPage = `import { createClassifier } from "earshot";
  const root = new URL("/", location.href).href;
  const classifier = await createClassifier(root + "model.onnx");
  const [{ label, logit }] = await classifier.classify(root + "clip.ogg");
  document.title = JSON.stringify({ label, logit, backend: classifier.backend.name });`;
const htmlOf = (script: string) =>
  `<!doctype html><title>app</title><script type="module" src="${script}"></script>`;
const webGpuFiles = ["**/*webgpu*", "**/*asyncify*", "**/*jsep*", "**/*jspi*"];

export const environments: readonly Environment[] = [
  node("20.20.2"),
  node("22.23.3"),
  node("24.21.0"),
  node("26.12.1"),
  {
    name: "Deno",
    packages: ["deno@2.9.6"],
    prepare: ["npm rebuild deno --ignore-scripts=false"],
    answers: ["main.mjs", "many.mjs", "handler.mjs"].map((file) => `deno run --allow-all ${file}`),
  },
  {
    name: "Bun",
    packages: ["bun@1.4.5"],
    prepare: ["npm rebuild bun --ignore-scripts=false"],
    answers: ["main.mjs", "main.cjs", "many.mjs", "handler.mjs"].map((file) => `bun ${file}`),
  },
  {
    name: "Jest, ES modules, and import() in CommonJS",
    packages: ["jest@30.5.2"],
    files: { "app.test.mjs": unitTest(imported), "common.test.cjs": unitTest(dynamic) },
    answers: [`${jest} app.test.mjs`, `${jest} common.test.cjs`],
  },
  {
    name: "Jest, require, on Node 24",
    packages: ["jest@30.5.2", `node-${platform}@24.21.0`],
    files: { "common.test.cjs": unitTest(required) },
    answers: [`node_modules/node-${platform}/bin/${jest}`],
  },
  {
    name: "Vitest",
    packages: ["vitest@4.1.12"],
    files: {
      "app.test.mjs": unitTest(imported),
      "vitest.config.mjs": viteConfig({ test: { globals: true } }),
    },
    answers: ["vitest run", "vitest run --pool=threads", "vitest run --pool=vmThreads"],
  },
  typeScript("5.9.3"),
  typeScript("6.0.3"),
  typeScript("7.0.2"),
  {
    name: "Vite",
    packages: ["vite@8.3.8", ortWeb],
    files: {
      "page.js": inPage,
      "index.html": htmlOf("./page.js"),
      "vite.config.mjs": viteConfig({ base: "./" }),
    },
    prepare: ["vite build"],
    pages: { "/dist/index.html": "wasm" },
  },
  {
    name: "Vite, WASM only",
    packages: ["vite@8.3.8", ortWeb],
    files: {
      "page.js": inPage,
      "index.html": htmlOf("./page.js"),
      "vite.config.mjs": viteConfig({
        base: "./",
        resolve: { alias: { "onnxruntime-web/webgpu": "onnxruntime-web/wasm" } },
      }),
    },
    prepare: ["vite build"],
    pages: { "/dist/index.html": "wasm" },
    absent: webGpuFiles,
  },
  {
    name: "webpack",
    packages: ["webpack@5.113.0", "webpack-cli@7.3.1", ortWeb],
    files: { "page.js": inPage, "dist/index.html": htmlOf("./main.js") },
    prepare: ["webpack --mode production --entry ./page.js"],
    pages: { "/dist/index.html": "wasm" },
  },
  {
    name: "esbuild",
    packages: ["esbuild@0.28.2", ortWeb],
    files: { "page.js": inPage, "dist/index.html": htmlOf("./page.js") },
    prepare: [
      "esbuild page.js --bundle --splitting --format=esm --outdir=dist",
      "cp node_modules/onnxruntime-web/dist/ort-wasm-simd-threaded.wasm dist", // esbuild copies no such file itself
    ],
    pages: { "/dist/index.html": "wasm" },
  },
  {
    name: "Next.js: a page of the server and one of the browser",
    packages: ["next@16.4.6", "react@19.3.1", "react-dom@19.3.1", ortWeb],
    files: {
      "next.config.mjs": `export default { serverExternalPackages: ["earshot", "onnxruntime-node"] };`,
      "app/layout.js": `export default function Layout({ children }) {
        return <html lang="en"><body>{children}</body></html>; }`,
      "app/server/page.js": `import { createClassifier } from "earshot";
        export const dynamic = "force-dynamic";
        export default async function Page() {
          const classifier = await createClassifier("model.onnx");
          const [{ label, logit }] = await classifier.classify("clip.ogg");
          return <title>{JSON.stringify({ label, logit, backend: classifier.backend.name })}</title>; }`,
      "app/client/page.js": `"use client";
        import { useEffect } from "react";
        export default function Page() {
          useEffect(() => {
            const answer = async () => {
              const { createClassifier } = await import("earshot");
              const classifier = await createClassifier("/model.onnx");
              const [{ label, logit }] = await classifier.classify("/clip.ogg");
              document.title = JSON.stringify({ label, logit, backend: classifier.backend.name });
            };
            answer().catch((error) => console.error(error));
          }, []);
          return <p>client</p>; }`,
    },
    prepare: ["mkdir -p public", "cp model.onnx clip.ogg public", "next build"],
    server: "next start --hostname 127.0.0.1",
    pages: { "/server": "cpu", "/client": "wasm" },
  },
];
