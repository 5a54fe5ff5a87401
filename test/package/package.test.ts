import { existsSync, readFileSync } from "node:fs";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { type Browser } from "playwright-core";
import { build as buildVite } from "vite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { projectFolder, runTool } from "../../setup/run-tool.ts";
import { describeWithBrowser, launchBrowser } from "../browser/launch-browser.ts";
import { servePages } from "../../setup/browser/serve-pages.ts";
import { addFiles } from "../datasets/temporary-folder.ts";
import { makeToneWav } from "../pipeline/tiny-set.ts";
import { runCommand } from "../runtime/run-command.ts";
import { buildTinyModel } from "../runtime/tiny-model.ts";
import { app } from "./app.ts";

// Packs the package as npm would publish it and installs it into a fresh app, as its users do: with the ONNX Runtime
// of Node, and later with that of browsers beside it.

const minutes = 60_000;
const manifest = z
  .object({
    version: z.string(),
    exports: z.record(z.string(), z.unknown()),
    devDependencies: z.record(z.string(), z.string()),
  })
  .parse(JSON.parse(readFileSync(join(projectFolder, "package.json"), "utf8")));
const pin = (name: string) => `${name}@${manifest.devDependencies[name] ?? "missing"}`;

/** Other runtimes that npm installs, for this test alone: they are too large for everyone's installation. */
const otherRuntimes = { bun: "1.4.5", deno: "2.9.6" } as const;

/** What every app prints: the best label and its logit. */
const answerSchema = z.object({ label: z.string(), logit: z.number(), backend: z.string() });

const mediaTypes: Readonly<Record<string, string>> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".wasm": "application/wasm",
};

const npmOptions = ["--prefer-offline", "--no-audit", "--no-fund"];

let folder = "";
let tarball = "";
const inApp = (...names: readonly string[]) => join(folder, "app", ...names);
/** The answer of the main Node app; every other app must give the same. */
let expected = { label: "", logit: NaN };

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "earshot-package-"));
  const { code, output } = await runTool("tsx", ["setup/build.ts"]);
  expect(code, output).toBe(0);
  await runCommand("npm", ["pack", "--pack-destination", folder], projectFolder);
  tarball = join(folder, (await readdir(folder)).find((name) => name.endsWith(".tgz")) ?? "");
  await mkdir(inApp());
  await writeFile(inApp("package.json"), JSON.stringify({ name: "app", private: true }));
  for (const [file, text] of Object.entries(app)) await writeFile(inApp(file), text);
  await writeFile(inApp("model.onnx"), buildTinyModel());
  await cp(join(projectFolder, "test/features/audio/files/mono.ogg"), inApp("clip.ogg"));
  await install(tarball);
  expected = await runApp(process.execPath, "main.mjs");
}, 10 * minutes);

afterAll(() => rm(folder, { recursive: true, force: true }));

async function install(...packages: readonly string[]): Promise<void> {
  await runCommand("npm", ["install", ...packages, "--ignore-scripts", ...npmOptions], inApp());
}

async function runApp(program: string, ...args: readonly string[]) {
  const output = await runCommand(program, args, inApp());
  return answerSchema.parse(JSON.parse(output.trim().split("\n").at(-1) ?? ""));
}

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
      expect(await runApp(process.execPath, file)).toEqual({ ...expected, backend: "cpu" });
    },
  );

  it("runs the README's three lines", async () => {
    const readme = await readFile(join(projectFolder, "README.md"), "utf8");
    const [, block = ""] = /```ts\n(.*?)```/s.exec(readme) ?? [];
    await writeFile(inApp("readme.mjs"), `${block}console.log(JSON.stringify({ ...best, backend: "cpu" }));`);
    await cp(inApp("clip.ogg"), inApp("dog.ogg"));
    expect(await runApp(process.execPath, "readme.mjs")).toEqual({ ...expected, backend: "cpu" });
  });

  it("answers bundled into one file, where no thread can start", async () => {
    await buildVite({
      root: inApp(),
      configFile: false,
      logLevel: "error",
      ssr: { noExternal: ["earshot"] },
      build: { ssr: "many.mjs", outDir: "bundled", target: "es2023" },
    });
    await rm(inApp("bundled", "decode-worker.js"), { force: true });
    const bundle = join(
      "bundled",
      (await readdir(inApp("bundled"))).find((name) => name.startsWith("many")) ?? "",
    );
    expect(await runApp(process.execPath, bundle)).toEqual({ ...expected, backend: "cpu" });
  });

  it("pleases publint and, as a package of ES modules, attw", async () => {
    expect(await runTool("publint", ["--strict"])).toMatchObject({ code: 0 });
    const attw = await runTool("attw", ["--profile", "esm-only", tarball], "@arethetypeswrong/cli");
    expect(attw.code, attw.output).toBe(0);
  });
});

describe("the packed package for TypeScript", () => {
  it.each([
    ["node16", "node16"],
    ["esnext", "bundler"],
  ])("is checked as module %s, resolved by %s, without skipLibCheck", async (module, moduleResolution) => {
    const compilerOptions = {
      module,
      moduleResolution,
      strict: true,
      noEmit: true,
      skipLibCheck: false,
      types: [],
      target: "es2022",
      lib: ["es2023", "dom"],
    };
    const config = inApp(`tsconfig.${moduleResolution}.json`);
    await writeFile(config, JSON.stringify({ compilerOptions, files: ["types.mts"] }));
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
    const settings = ["--epochs", "1", "--engine", "onnxruntime", "--set", "augmentation.speeds=[1]"];
    expect(await earshot("start", "./sounds", ...settings)).toMatch(/parity +passed on cpu/);
    for (const file of ["model.onnx", "report.html", "summary.json"])
      expect(existsSync(join(place, "runs", "latest", file)), file).toBe(true);
    expect(existsSync(join(place, "cache", "features"))).toBe(true);
    const answer = await earshot("predict", "sounds/low/1.wav", "--json");
    expect(JSON.parse(answer)).toMatchObject([{ classes: [{}, {}] }]);
  }, 300_000);

  it("writes the demo as files, with every file in the service worker's list", async () => {
    await earshot("demo:build", "--out", "site");
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

describe("the packed package in other runtimes", () => {
  let problem: string | undefined;

  beforeAll(async () => {
    const runtimes = Object.entries(otherRuntimes).map(([name, version]) => `${name}@${version}`);
    await mkdir(join(folder, "runtimes"));
    await writeFile(join(folder, "runtimes", "package.json"), JSON.stringify({ private: true }));
    const args = ["install", ...runtimes, "--ignore-scripts=false", ...npmOptions];
    await runCommand("npm", args, join(folder, "runtimes")).catch((error: unknown) => {
      problem = `${runtimes.join(" and ")} cannot be installed here: ${String(error).split("\n")[0]}`;
    });
  }, 5 * minutes);

  it.for([
    ["bun", []],
    ["deno", ["run", "--allow-all"]],
  ] as const)("answers in %s as in Node", async ([name, args], { skip }) => {
    skip(problem !== undefined, problem);
    const program = join(folder, "runtimes", "node_modules", ".bin", name);
    for (const file of ["main.mjs", "many.mjs", "handler.mjs"])
      expect(await runApp(program, ...args, file)).toEqual({ ...expected, backend: "cpu" });
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
    expect((await readdir(browser)).some((file) => file.startsWith("ogg-vorbis"))).toBe(true);
    expect([...loaded].some((file) => /^(decode-|ogg-vorbis|flac)/.test(file))).toBe(false);
  });
});

describeWithBrowser("the packed package in Chromium", () => {
  let browser: Browser;

  it("is built for WASM alone without a file of WebGPU, by one alias", async () => {
    await buildVite({
      root: inApp(),
      configFile: false,
      logLevel: "error",
      resolve: { alias: { "onnxruntime-web/webgpu": "onnxruntime-web/wasm" } },
      build: { target: "es2023", outDir: "wasm-only" },
    });
    const built = await readdir(inApp("wasm-only", "assets"));
    expect(built.filter((file) => file.endsWith(".wasm"))).toHaveLength(1);
    expect(built.filter((file) => /webgpu|asyncify|jsep|jspi/.test(file))).toEqual([]);
  });

  beforeAll(async () => {
    await install(pin("onnxruntime-web"));
    await buildVite({
      root: inApp(),
      configFile: false,
      logLevel: "error",
      build: { target: "es2023" },
    });
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
    await runCommand("npm", ["install", "--prefix", place, packed, ...npmOptions], folder);
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
