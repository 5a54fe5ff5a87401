import { cp, mkdir, mkdtemp, readdir, readFile, rename, writeFile } from "node:fs/promises";
import path from "node:path";
import { glob } from "tinyglobby";
import * as z from "zod";
import { projectFolder, runTool } from "../../setup/run-tool.ts";
import { hashSources, removeOld } from "../pipeline/compiled-tool.ts";
import { runCommand } from "../runtime/run-command.ts";
import { buildTinyModel } from "../runtime/tiny-model.ts";
import { app } from "./app.ts";

// The package as npm would publish it, and apps that install it as its users do.

const npmOptions = ["--ignore-scripts", "--prefer-offline", "--no-audit", "--no-fund"];

const answerSchema = z.object({ label: z.string(), logit: z.number(), backend: z.string() });

/** What every app prints, or writes into its page's title: the best label of `clip.ogg` and its logit. */
export type Answer = z.infer<typeof answerSchema>;

const manifestSchema = z.object({
  version: z.string(),
  exports: z.record(z.string(), z.unknown()),
  devDependencies: z.record(z.string(), z.string()),
});

export async function readManifest(): Promise<z.infer<typeof manifestSchema>> {
  return manifestSchema.parse(JSON.parse(await readFile(path.join(projectFolder, "package.json"), "utf8")));
}

/**
 * Builds and packs the package, once for the same sources.
 * @returns the tarball, in a folder of `.cache` that is named by the sources
 */
export async function packEarshot(): Promise<string> {
  const cache = path.join(projectFolder, ".cache");
  const folder = path.join(cache, `packed-${await hashSources()}`);
  const found = await glob("*.tgz", { cwd: folder, absolute: true });
  if (found[0] !== undefined) return found[0];
  await mkdir(cache, { recursive: true });
  await removeOld("packed-");
  const { code, output } = await runTool("tsx", ["setup/build.ts"]);
  if (code !== 0) throw new Error(`npm run build: ${output}`);
  const temporary = await mkdtemp(path.join(cache, "packed-making-"));
  await runCommand("npm", ["pack", "--pack-destination", temporary], projectFolder);
  await rename(temporary, folder);
  return path.join(folder, (await readdir(folder)).join());
}

/** Builds and packs `tfjs-backend-onnxruntime` into a folder. @returns the tarball */
export async function packBackend(folder: string): Promise<string> {
  const backend = path.join(projectFolder, "packages", "tfjs-backend-onnxruntime");
  const { code, output } = await runTool("tsc", ["-p", backend], "typescript");
  if (code !== 0) throw new Error(output);
  const packed = await runCommand("npm", ["pack", backend, "--pack-destination", folder], folder);
  return path.join(folder, packed.trim());
}

/** A fresh app with its files and packages. */
export async function createApp(folder: string, packages: readonly string[]): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, "package.json"), JSON.stringify({ name: "app", private: true }));
  await addAppFiles(folder);
  await installPackages(folder, packages);
}

/** Writes the files of `app.ts`, a tiny model and a clip. */
export async function addAppFiles(folder: string): Promise<void> {
  for (const [file, text] of Object.entries(app)) await writeFile(path.join(folder, file), text);
  await writeFile(path.join(folder, "model.onnx"), buildTinyModel());
  await cp(path.join(projectFolder, "test/features/audio/files/mono.ogg"), path.join(folder, "clip.ogg"));
}

/** No install script runs: what is tested works on closed networks. */
export async function installPackages(folder: string, packages: readonly string[]): Promise<void> {
  await runCommand("npm", ["install", ...packages, ...npmOptions], folder);
}

/** The answer in what an app printed, wherever a test runner put it. @throws Error when there is none */
export function readAnswer(output: string): Answer {
  const found = /\{"label".*?\}/.exec(output);
  if (found === null) throw new Error(`expected an answer, got: ${output.slice(-2000)}`);
  return answerSchema.parse(JSON.parse(found[0]));
}

/** Runs a program in an app's folder. @throws Error when it fails or prints no answer */
export async function runApp(folder: string, program: string, ...args: string[]): Promise<Answer> {
  return readAnswer(await runCommand(program, args, folder));
}

/** How strictly TypeScript reads the package's types: settings that apps have, without `skipLibCheck`. */
export function makeTypesConfig(module: string, moduleResolution: string, types: readonly string[]): string {
  return JSON.stringify({
    compilerOptions: {
      module,
      moduleResolution,
      strict: true,
      noEmit: true,
      skipLibCheck: false,
      skipDefaultLibCheck: true, // TypeScript's own files
      types,
      target: "es2022",
      lib: ["es2023", "dom"],
    },
    files: ["types.mts"],
  });
}
