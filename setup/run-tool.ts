import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import * as z from "zod";

export const projectFolder = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

const packageSchema = z.object({ bin: z.union([z.string(), z.record(z.string(), z.string())]) });

export interface ToolResult {
  /** The exit code; 1 when a signal ended the tool. */
  readonly code: number;
  /** Standard output and standard error, as they came. */
  readonly output: string;
}

/**
 * Runs the command of an installed package in the project's folder, without a shell and without npx.
 *
 * @param name the command, which is also the package's name unless `packageName` says otherwise
 */
export function runTool(name: string, args: readonly string[], packageName = name): Promise<ToolResult> {
  const folder = path.join(projectFolder, "node_modules", packageName);
  const { bin } = packageSchema.parse(JSON.parse(readFileSync(path.join(folder, "package.json"), "utf8")));
  const script = typeof bin === "string" ? bin : bin[name];
  if (script === undefined) throw new Error(`${packageName}: expected a command ${name} in its package.json`);
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [path.join(folder, script), ...args], {
      cwd: projectFolder,
      stdio: ["ignore", "pipe", "pipe"],
    });
    const chunks: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => chunks.push(chunk));
    child.on("error", reject);
    child.on("close", (code) => {
      resolve({ code: code ?? 1, output: Buffer.concat(chunks).toString("utf8") });
    });
  });
}
