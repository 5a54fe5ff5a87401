import { mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { build } from "vite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { projectFolder, runTool } from "../../setup/run-tool.ts";
import { describeWithBrowser, launchBrowser } from "../browser/launch-browser.ts";
import { runCommand } from "../runtime/run-command.ts";
import { installPackages, packBackend } from "./packed-app.ts";
import { serveFolder } from "./visit-page.ts";

// The package `tfjs-backend-onnxruntime`, packed and installed into an app: the programs of its README run there.

const readme = await readFile(
  path.join(projectFolder, "packages/tfjs-backend-onnxruntime/README.md"),
  "utf8",
);
const [train = "", register = ""] = [...readme.matchAll(/```js\n(.*?)```/gs)].map(([, code = ""]) => code);

let folder = "";
let tarball = "";
const inApp = (...names: readonly string[]) => path.join(folder, ...names);

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "earshot-backend-"));
  tarball = await packBackend(folder);
  await writeFile(inApp("package.json"), JSON.stringify({ name: "app", private: true, type: "module" }));
  // TF.js and the runtimes are the peers that an app chooses: here those of this project, linked.
  await installPackages(folder, ["--legacy-peer-deps", tarball]);
  for (const name of ["@tensorflow", "onnxruntime-node", "onnxruntime-web", "long"])
    await symlink(path.join(projectFolder, "node_modules", name), inApp("node_modules", name), "junction");
}, 300_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

describe("the packed backend", () => {
  it("trains in Node, by the README's program", async () => {
    await writeFile(inApp("train.js"), train);
    const output = await runCommand(process.execPath, ["train.js"], folder);
    expect(readAccuracy(output)).toBeGreaterThan(0.9);
  }, 120_000);

  it("pleases publint and attw", async () => {
    expect(await runTool("publint", [tarball, "--strict"])).toMatchObject({ code: 0 });
    const attw = await runTool("attw", ["--profile", "esm-only", tarball], "@arethetypeswrong/cli");
    expect(attw.code, attw.output).toBe(0);
  });
});

describeWithBrowser("the packed backend in Chromium", () => {
  it("trains in a page, by the README's program", async () => {
    const withoutNode = train.replace(/^import \{ register.*\n|^await register.*\n/gm, "");
    expect(withoutNode).not.toContain("registerOnnxRuntimeBackend");
    await writeFile(inApp("page.js"), `${register}${withoutNode}document.title = "done";`);
    await writeFile(inApp("index.html"), `<!doctype html><script type="module" src="/page.js"></script>`);
    await build({ root: folder, configFile: false, logLevel: "error", build: { target: "es2023" } });
    const server = await serveFolder(inApp("dist"));
    const browser = await launchBrowser();
    try {
      const page = await browser.newPage();
      const printed: string[] = [];
      page.on("console", (message) => printed.push(message.text()));
      page.on("pageerror", ({ message }) => printed.push(message));
      await page.goto(`${server.origin}/index.html`);
      await expect.poll(() => printed.join("\n"), { timeout: 120_000 }).toContain("validation accuracy");
      expect(readAccuracy(printed.join("\n"))).toBeGreaterThan(0.9);
    } finally {
      await browser.close();
      await server.close();
    }
  }, 180_000);
});

function readAccuracy(output: string): number {
  const found = /validation accuracy (\d\.\d+)/.exec(output);
  if (found === null) throw new Error(`expected an accuracy, got: ${output.slice(-1000)}`);
  return Number(found[1]);
}
