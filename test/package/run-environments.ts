/**
 * Tries the packed package in every environment of the table: `npm run test:environments`, or only in those whose name
 * contains a word: `npm run test:environments -- jest next`. `--write` writes the results into the documentation. The
 * npm registry is needed once: apps stay in `.cache/environments`, named by their packages and the package's content.
 */
import { execFile, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { cp, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { parseArgs, promisify } from "node:util";
import type { Browser } from "playwright-core";
import { glob } from "tinyglobby";
import { writeFileAtomically } from "../../common/write-atomically.ts";
import { launchBrowser } from "../../setup/browser/launch-browser.ts";
import { servePages } from "../../setup/browser/serve-pages.ts";
import { projectFolder } from "../../setup/run-tool.ts";
import { environments, type Environment } from "./environments.ts";
import {
  addAppFiles,
  createApp,
  installPackages,
  packEarshot,
  readAnswer,
  runApp,
  type Answer,
} from "./packed-app.ts";
import { serveFolder, visitPage } from "./visit-page.ts";

const cache = path.join(projectFolder, ".cache", "environments");
const results = path.join(projectFolder, "docs", "apps.md");
const execute = promisify(execFile);

const { values, positionals } = parseArgs({
  options: { write: { type: "boolean", default: false } },
  allowPositionals: true,
});
process.exitCode = await main(positionals);

/** @returns the exit code: 0 when every environment passed */
async function main(words: readonly string[]): Promise<number> {
  const asked = environments.filter(
    ({ name }) => words.length === 0 || words.some((word) => name.toLowerCase().includes(word.toLowerCase())),
  );
  if (asked.length === 0) throw new Error(`no environment has ${words.join(" or ")} in its name`);
  const tarball = await packEarshot();
  const base = await makeBase(tarball);
  const expected = await runApp(base, process.execPath, "main.mjs");
  const browser = await launchBrowser();
  const verdicts = new Map<Environment, string>();
  try {
    for (const environment of asked) {
      const begin = performance.now();
      const problem = await tryEnvironment(environment, base, expected, browser).then(
        () => undefined,
        (error: unknown) => String(error),
      );
      const seconds = ((performance.now() - begin) / 1000).toFixed(0);
      verdicts.set(environment, problem === undefined ? "passed" : "failed");
      console.log(
        `${problem === undefined ? "passed" : "FAILED"}  ${seconds.padStart(3)} s  ${environment.name}`,
      );
      if (problem !== undefined) console.log(problem.slice(0, 3000).replaceAll(/^/gm, "    "));
    }
  } finally {
    await browser.close();
  }
  const failed = [...verdicts.values()].filter((verdict) => verdict === "failed").length;
  console.log(`${asked.length - failed} passed, ${failed} failed`);
  if (values.write) await writeResults(verdicts);
  return failed === 0 ? 0 : 1;
}

/** An app with earshot alone, which the others begin as. */
async function makeBase(tarball: string): Promise<string> {
  const hash = createHash("sha256").update(await readFile(tarball));
  return makeOnce("base", hash.digest("hex"), async (folder) => {
    await createApp(folder, [tarball]);
  });
}

/** Makes the folder `name-<hash of content>` of the cache unless it exists, and removes what had the name before. */
async function makeOnce(
  name: string,
  content: string,
  make: (folder: string) => Promise<void>,
): Promise<string> {
  const hash = createHash("sha256").update(content).digest("hex").slice(0, 16);
  const folder = path.join(cache, `${name}-${hash}`);
  if (existsSync(folder)) return folder;
  await mkdir(cache, { recursive: true });
  for (const old of await readdir(cache))
    if (old.startsWith(`${name}-`)) await rm(path.join(cache, old), { recursive: true });
  const partial = path.join(cache, `${name}-partial`);
  await make(partial);
  await rename(partial, folder);
  return folder;
}

async function tryEnvironment(
  environment: Environment,
  base: string,
  expected: Answer,
  browser: Browser,
): Promise<void> {
  const name = environment.name.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-");
  const folder = await makeOnce(name, base + environment.packages.join(), async (place) => {
    await mkdir(place, { recursive: true });
    const from = path.join(base, "node_modules");
    const to = path.join(place, "node_modules");
    // 290 MB of ONNX Runtime in each app: where the system has links, they are the same files.
    await execute("cp", ["-al", from, to]).catch(() => cp(from, to, { recursive: true }));
    await cp(path.join(base, "package.json"), path.join(place, "package.json"));
    await installPackages(place, environment.packages);
  });
  await addAppFiles(folder);
  await addFiles(folder, environment.files ?? {});
  for (const command of environment.prepare ?? []) await runInShell(command, folder);
  for (const command of environment.answers ?? [])
    requireSame(command, readAnswer(await runInShell(command, folder)), { ...expected, backend: "cpu" });
  await tryPages(environment, folder, expected, browser);
  const unwanted = await glob([...(environment.absent ?? [])], { cwd: path.join(folder, "dist") });
  if (unwanted.length > 0) throw new Error(`expected no such file in dist: ${unwanted.join(", ")}`);
}

async function addFiles(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [file, text] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(folder, file)), { recursive: true });
    await writeFile(path.join(folder, file), text);
  }
}

async function tryPages(
  { server, pages = {} }: Environment,
  folder: string,
  expected: Answer,
  browser: Browser,
): Promise<void> {
  if (Object.keys(pages).length === 0) return;
  await using served = server === undefined ? await serveApp(folder) : await startServer(server, folder);
  for (const [address, backend] of Object.entries(pages))
    requireSame(address, await visitPage(browser, served.origin + address), { ...expected, backend });
}

type Served = { readonly origin: string } & AsyncDisposable;

async function serveApp(folder: string): Promise<Served> {
  const server = await serveFolder(folder);
  return { origin: server.origin, [Symbol.asyncDispose]: () => server.close() };
}

/** Starts a server of the app's own on a free port, and waits for it. */
async function startServer(command: string, folder: string): Promise<Served> {
  const placeholder = await servePages(() => undefined); // for its port
  const { origin } = placeholder;
  await placeholder.close();
  const child = spawn(command, {
    cwd: folder,
    shell: true,
    detached: true,
    stdio: "ignore",
    env: { ...environmentOf(folder), PORT: new URL(origin).port },
  });
  const stop = () => {
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid);
    return Promise.resolve();
  };
  const isUp = () =>
    fetch(origin).then(
      () => true,
      () => false,
    );
  for (let tries = 0; tries < 600 && child.exitCode === null; tries++) {
    if (await isUp()) return { origin, [Symbol.asyncDispose]: stop };
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  await stop();
  throw new Error(`${command}: expected a server at ${origin}, got none within a minute`);
}

/** A wasm answer comes from other arithmetic: it has the same label, and the same logit to four digits. */
function requireSame(subject: string, found: Answer, expected: Answer): void {
  const difference = Math.abs(found.logit - expected.logit);
  const isSame = expected.backend === "cpu" ? difference === 0 : difference < 1e-4;
  if (isSame && found.label === expected.label && found.backend === expected.backend) return;
  throw new Error(`${subject}: expected ${JSON.stringify(expected)}, got ${JSON.stringify(found)}`);
}

function environmentOf(folder: string): NodeJS.ProcessEnv {
  const programs = path.join(folder, "node_modules", ".bin");
  return {
    ...process.env,
    NODE_OPTIONS: "",
    PATH: `${programs}${path.delimiter}${process.env.PATH}`,
    NEXT_TELEMETRY_DISABLED: "1",
  };
}

async function runInShell(command: string, folder: string): Promise<string> {
  const options = {
    cwd: folder,
    shell: true,
    env: environmentOf(folder),
    maxBuffer: 2 ** 26,
    timeout: 600_000,
  };
  try {
    const { stdout, stderr } = await execute(command, options);
    return stdout + stderr;
  } catch (error) {
    const hasOutput = error instanceof Error && "stdout" in error && "stderr" in error;
    const found = hasOutput ? `${String(error.stdout)}\n${String(error.stderr)}` : String(error);
    throw new Error(`${command}: ${found}`, { cause: error });
  }
}

/** Writes the verdicts between the page's two marks; an environment that did not run this time keeps its line. */
async function writeResults(verdicts: ReadonlyMap<Environment, string>): Promise<void> {
  const text = await readFile(results, "utf8");
  const today = new Date().toISOString().slice(0, 10);
  const lines = environments.map((environment) => {
    const { name, packages } = environment;
    const verdict = verdicts.get(environment);
    const old = text.split("\n").find((line) => line.startsWith(`| ${name} |`));
    if (verdict === undefined && old !== undefined) return old;
    return `| ${name} | ${packages.join(", ")} | ${today} | ${verdict ?? "not tried"} |`;
  });
  const table = ["| environment | packages | date | verdict |", "| --- | --- | --- | --- |", ...lines];
  const [before = "", after = ""] = text.split(
    /<!-- prettier-ignore-start -->[^]*<!-- prettier-ignore-end -->/,
  );
  const marked = `<!-- prettier-ignore-start -->\n\n${table.join("\n")}\n\n<!-- prettier-ignore-end -->`;
  await writeFileAtomically(results, before + marked + after);
}
