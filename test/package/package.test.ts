import { existsSync, readFileSync } from "node:fs";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { type Browser } from "playwright-core";
import { build as buildVite } from "vite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { projectFolder, runTool } from "../../setup/run-tool.ts";
import { describeWithBrowser, launchBrowser } from "../browser/launch-browser.ts";
import { addFiles } from "../datasets/temporary-folder.ts";
import { makeToneWav } from "../pipeline/tiny-set.ts";
import { runCommand } from "../runtime/run-command.ts";
import { environments } from "./environments.ts";
import {
  type Answer,
  createApp,
  installPackages,
  makeTypesConfig,
  packEarshot,
  readManifest,
  runApp,
} from "./packed-app.ts";
import { serveFolder, visitPage } from "./visit-page.ts";

// Packs the package as npm would publish it and installs it into a fresh app, as its users do: with the ONNX Runtime
// of Node, and later with that of browsers beside it. What runs in other programs is in environments.ts.

const minutes = 60_000;
const manifest = await readManifest();

let folder = "";
let tarball = "";
const inApp = (...names: readonly string[]) => join(folder, "app", ...names);
/** The answer of the main Node app; every other app must give the same. */
let expected: Answer;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "earshot-package-"));
  tarball = await packEarshot();
  await createApp(inApp(), [tarball]);
  expected = await runApp(inApp(), process.execPath, "main.mjs");
}, 10 * minutes);

afterAll(() => rm(folder, { recursive: true, force: true }));

const bundle = (build: object, more: object = {}) =>
  buildVite({
    root: inApp(),
    configFile: false,
    logLevel: "error",
    build: { target: "es2023", ...build },
    ...more,
  });

describe("the packed package in Node", () => {
  it("installs no TensorFlow, no other ONNX Runtime, no protobufjs and no Meyda", () => {
    expect(existsSync(inApp("node_modules", "onnxruntime-node"))).toBe(true);
    const others = ["@tensorflow", "onnxruntime-web", "yargs", "vega", "fastify", "protobufjs", "meyda"];
    for (const name of others) expect(existsSync(inApp("node_modules", name))).toBe(false);
  });

  it.each(["index.mjs", "main.cjs", "worker.mjs", "many.mjs", "handler.mjs"])(
    "answers in %s as in an ES module",
    async (file) => {
      expect(expected.label).not.toBe("");
      expect(await runApp(inApp(), process.execPath, file)).toEqual(expected);
    },
  );

  it("runs the README's three lines", async () => {
    const readme = await readFile(join(projectFolder, "README.md"), "utf8");
    const [, block = ""] = /```ts\n(.*?)```/s.exec(readme) ?? [];
    await writeFile(inApp("readme.mjs"), `${block}console.log(JSON.stringify({ ...best, backend: "cpu" }));`);
    await cp(inApp("clip.ogg"), inApp("dog.ogg"));
    expect(await runApp(inApp(), process.execPath, "readme.mjs")).toEqual(expected);
  });

  it("answers bundled into one file, where no thread can start", async () => {
    await bundle({ ssr: "many.mjs", outDir: "bundled" }, { ssr: { noExternal: ["earshot"] } });
    await rm(inApp("bundled", "decode-worker.js"), { force: true });
    const [file = ""] = (await readdir(inApp("bundled"))).filter((name) => name.startsWith("many"));
    expect(await runApp(inApp(), process.execPath, join("bundled", file))).toEqual(expected);
  });

  it("answers in a realm of a test runner, whose arrays are not those of ONNX Runtime", async () => {
    const { files = {} } = environments.find(({ name }) => name === "Vitest") ?? {};
    for (const [file, text] of Object.entries(files)) await writeFile(inApp(file), text);
    const vitest = join(projectFolder, "node_modules", "vitest", "vitest.mjs");
    expect(await runApp(inApp(), process.execPath, vitest, "run", "--pool=vmThreads")).toEqual(expected);
  });

  it("pleases publint and, as a package of ES modules, attw", async () => {
    expect(await runTool("publint", [tarball, "--strict"])).toMatchObject({ code: 0 });
    const attw = await runTool("attw", ["--profile", "esm-only", tarball], "@arethetypeswrong/cli");
    expect(attw.code, attw.output).toBe(0);
  });
});

describe("the packed package for TypeScript", () => {
  it.each([
    ["node16", "node16"],
    ["esnext", "bundler"],
  ])("is checked as module %s, resolved by %s, without skipLibCheck", async (module, moduleResolution) => {
    const config = inApp(`tsconfig.${moduleResolution}.json`);
    await writeFile(config, makeTypesConfig(module, moduleResolution, []));
    const { code, output } = await runTool("tsc", ["-p", config], "typescript");
    expect(code, output).toBe(0);
  });
});

describe("the command of the packed package", () => {
  let place = "";
  const earshot = (...args: readonly string[]) =>
    runCommand(inApp("node_modules", ".bin", "earshot"), args, place);

  beforeAll(() => {
    place = join(folder, "user");
    process.env.EARSHOT_CACHE = join(place, "cache");
    for (const [label, pitchHz] of [
      ["low", 200],
      ["high", 3000],
    ] as const)
      for (const take of ["1", "2", "3", "4", "5", "6"])
        addFiles(join(place, "sounds", label), { [`${take}.wav`]: makeToneWav(pitchHz, label + take, 2) });
  });

  it("says its version, and what it does without doing it", async () => {
    expect((await earshot("--version")).trim()).toBe(manifest.version);
    expect(await earshot("start", "./sounds", "--help")).toContain("npx earshot start ../sounds");
    expect(existsSync(join(place, "runs"))).toBe(false);
  });

  it("trains, exports, proves and reports, and classifies, in a folder of the user's", async () => {
    const settings = [
      "--epochs",
      "1",
      "--protocol",
      "holdout",
      "--engine",
      "onnxruntime",
      "--set",
      "augmentation.speeds=[1]",
    ];
    expect(await earshot("start", "./sounds", ...settings)).toMatch(/parity +passed on cpu/);
    for (const file of ["model.onnx", "report.html", "summary.json"])
      expect(existsSync(join(place, "runs", "latest", file)), file).toBe(true);
    expect(existsSync(join(place, "cache", "features"))).toBe(true);
    const answer = await earshot("predict", "sounds/low/1.wav", "--json");
    expect(JSON.parse(answer)).toMatchObject([{ classes: [{}, {}] }]);
  }, 300_000);

  it("writes the demo as files, with every file in the service worker's list", async () => {
    await earshot("demo:build", "--out", "site", "--url", "https://example.org/sounds");
    const html = await readFile(join(place, "site", "index.html"), "utf8");
    const picture = /og:image" content="https:\/\/example\.org\/sounds\/([^"]+)"/.exec(html)?.[1] ?? "none";
    expect(existsSync(join(place, "site", picture)), picture).toBe(true);
    const worker = await readFile(join(place, "site", "service-worker.js"), "utf8");
    for (const file of ["model.onnx", "demo.json", "./"]) expect(worker).toContain(`"${file}"`);
    expect(worker).not.toContain("__EARSHOT_FILES__");
  });

  it("finds what it needs: doctor", async () => {
    expect(await earshot("doctor")).toMatch(/onnxruntime-node +ok/);
  });
});

it("gives every entry, with the peers of some beside it", async () => {
  await mkdir(inApp("node_modules", "@tensorflow"), { recursive: true });
  for (const name of ["meyda", "@tensorflow/tfjs"])
    await symlink(join(projectFolder, "node_modules", name), inApp("node_modules", name), "junction");
  const entries = Object.keys(manifest.exports).filter((name) => !name.endsWith(".json"));
  const script = entries.map((name) => `await import("earshot${name.slice(1)}");`).join("\n");
  await writeFile(inApp("entries.mjs"), `import "onnxruntime-node";\n${script}\nconsole.log("all");`);
  expect((await runCommand(process.execPath, ["entries.mjs"], inApp())).trim()).toBe("all");
  for (const name of ["meyda", "@tensorflow"]) await rm(inApp("node_modules", name), { recursive: true });
});

it.skip(`answers in ${environments.length} environments, from Node 20 to Next.js: npm run test:environments`);

it("says in the documentation how each environment went", async () => {
  const page = await readFile(join(projectFolder, "docs", "apps.md"), "utf8");
  for (const { name } of environments)
    expect(page, "npm run test:environments -- --write").toContain(`| ${name} |`);
});

describe("the file for pages without a bundler", () => {
  it("loads less than 40 kB, gzipped, before the first decoder", async () => {
    const browser = inApp("node_modules", "earshot", "dist", "browser");
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
    expect((await readdir(browser)).some((file) => file.startsWith("ogg-vorbis"))).toBe(true);
    expect([...loaded].some((file) => /^(decode-|ogg-vorbis|flac)/.test(file))).toBe(false);
  });
});

describeWithBrowser("the packed package in Chromium", () => {
  let browser: Browser;

  it("is built for WASM alone without a file of WebGPU, by one alias", async () => {
    const alias = { "onnxruntime-web/webgpu": "onnxruntime-web/wasm" };
    await bundle({ outDir: "wasm-only" }, { resolve: { alias } });
    const built = await readdir(inApp("wasm-only", "assets"));
    expect(built.filter((file) => file.endsWith(".wasm"))).toHaveLength(1);
    expect(built.filter((file) => /webgpu|asyncify|jsep|jspi/.test(file))).toEqual([]);
  });

  beforeAll(async () => {
    await installPackages(inApp(), [`onnxruntime-web@${manifest.devDependencies["onnxruntime-web"]}`]);
    await bundle({});
    for (const file of ["model.onnx", "clip.ogg"]) await cp(inApp(file), inApp("dist", file));
    browser = await launchBrowser();
  }, 10 * minutes);

  afterAll(() => browser.close());

  it("makes an app whose tests pass: npm create earshot", async () => {
    const creator = join(projectFolder, "packages", "create-earshot");
    await runCommand("npm", ["pack", creator, "--pack-destination", folder], folder);
    const place = join(folder, "create");
    await mkdir(place);
    const packed = join(folder, `create-earshot-${manifest.version}.tgz`);
    await writeFile(join(place, "package.json"), "{}");
    await installPackages(place, [packed]);
    const program = join(place, "node_modules", ".bin", "create-earshot");
    await runCommand(program, ["my-app", "--model", inApp("model.onnx")], place);
    const created = join(place, "my-app");
    // What it depends on is installed in the app of these tests already.
    await symlink(inApp("node_modules"), join(created, "node_modules"), "junction");
    expect(await runCommand("npm", ["test"], created)).toMatch(/pass 1/);
    const answer = await runCommand(process.execPath, ["src/classify.js", inApp("clip.ogg")], created);
    expect(answer).toContain(expected.label);
  });

  it.each([
    ["built by Vite", "app/dist", "/index.html"],
    ["of plain modules", "app", "/plain.html"],
  ])("answers in a page %s as in Node", async (_, root, path) => {
    const server = await serveFolder(join(folder, root));
    try {
      const answer = await visitPage(browser, server.origin + path);
      expect(answer).toMatchObject({ label: expected.label, backend: "wasm" });
      expect(answer.logit).toBeCloseTo(expected.logit, 4);
    } finally {
      await server.close();
    }
  });
});
