import { spawn } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { projectFolder } from "../../setup/run-tool.ts";

export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly output: string;
  readonly complaints: string;
}

/** A folder that is removed after the test: `await using folder = await makeTemporaryFolder()`. */
export async function makeTemporaryFolder(): Promise<{ path: string } & AsyncDisposable> {
  const folder = await realpath(await mkdtemp(path.join(tmpdir(), "earshot-setup-")));
  return { path: folder, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) };
}

/**
 * Makes a small project that npm installs without a network: our setup/, and a stage, by default one that prints its
 * arguments. tsx is found in the folder above, as Node looks for packages there too.
 *
 * @returns the project's folder
 */
export async function makeProject(parent: string, stage = printArguments): Promise<string> {
  const folder = path.join(parent, "project");
  await cp(path.join(projectFolder, "setup"), path.join(folder, "setup"), { recursive: true });
  await writeStage(folder, stage);
  await writeManifest(folder, ["one"]);
  await mkdir(path.join(parent, "node_modules"));
  await symlink(
    path.join(projectFolder, "node_modules", "tsx"),
    path.join(parent, "node_modules", "tsx"),
    "junction",
  );
  return folder;
}

export const printArguments = "console.log(JSON.stringify(process.argv.slice(2)));";

export async function writeStage(folder: string, stage: string): Promise<void> {
  await mkdir(path.join(folder, "pipeline"), { recursive: true });
  await writeFile(path.join(folder, "pipeline", "cli.ts"), stage);
}

/** Writes package.json and its lock file for packages that lie in packages/ of the project itself. */
export async function writeManifest(
  folder: string,
  packages: readonly string[],
  engine = ">=20.19",
): Promise<void> {
  for (const name of packages) {
    const target = path.join(folder, "packages", name);
    await mkdir(target, { recursive: true });
    await writeFile(path.join(target, "package.json"), JSON.stringify({ name, version: "1.0.0" }));
  }
  const manifest = {
    name: "small",
    version: "1.0.0",
    type: "module",
    engines: { node: engine },
    dependencies: Object.fromEntries(packages.map((name) => [name, `file:packages/${name}`])),
  };
  const { type, ...root } = manifest;
  const entries: Record<string, unknown> = { "": root };
  for (const name of packages) {
    entries[`node_modules/${name}`] = { resolved: `packages/${name}`, link: true };
    entries[`packages/${name}`] = { version: "1.0.0" };
  }
  const lock = { name: "small", version: "1.0.0", lockfileVersion: 3, requires: true };
  await writeFile(path.join(folder, "package.json"), JSON.stringify({ type, ...root }));
  await writeFile(path.join(folder, "package-lock.json"), JSON.stringify({ ...lock, packages: entries }));
}

/** A running script of the folder. */
export interface Run {
  readonly ended: Promise<Ending>;
  readonly kill: (signal: NodeJS.Signals) => void;
  /** Waits for a text in its output. */
  readonly printed: (text: string) => Promise<void>;
}

export function startScript(
  folder: string,
  script: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Run {
  const child = spawn(process.execPath, [...script.split(" "), ...args], {
    cwd: folder,
    env: { ...process.env, npm_config_offline: "true", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  let complaints = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString("utf8")));
  child.stderr.on("data", (chunk: Buffer) => (complaints += chunk.toString("utf8")));
  const ended = new Promise<Ending>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => {
      resolve({ code, signal, output, complaints });
    });
  });
  const printed = async (text: string): Promise<void> => {
    while (!(output + complaints).includes(text)) {
      if (child.exitCode !== null) throw new Error(`ended without printing ${text}:\n${output}${complaints}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  return { ended, kill: (signal) => child.kill(signal), printed };
}

/** Links every package of this project into `folder`, all but tfjs-node, which comes as a copy without its library. */
export async function linkPackages(folder: string): Promise<string> {
  const from = path.join(projectFolder, "node_modules");
  const to = path.join(folder, "node_modules");
  await mkdir(path.join(to, "@tensorflow"), { recursive: true });
  for (const name of await readdir(from)) {
    if (name !== "@tensorflow") await symlink(path.join(from, name), path.join(to, name), "junction");
  }
  for (const name of await readdir(path.join(from, "@tensorflow"))) {
    const target = path.join(to, "@tensorflow", name);
    const source = path.join(from, "@tensorflow", name);
    if (name !== "tfjs-node") await symlink(source, target, "junction");
    else {
      const excluded = ["deps", "lib", "build-tmp-napi-v8"].map((entry) => path.join(source, entry));
      await cp(source, target, { recursive: true, filter: (file) => !excluded.includes(file) });
    }
  }
  return path.join(to, "@tensorflow", "tfjs-node");
}
