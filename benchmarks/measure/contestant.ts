import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { isEnvironmentReady } from "../../setup/python/python-environment.ts";
import { pythonPeers } from "../python/python-peers.ts";

/** An engine's settings, as JSON in its first argument. */
export type Settings = Readonly<Record<string, string | number | boolean | readonly string[]>>;

/** A program that does the work of a case in a process of its own, and what to tell it. */
export interface Contestant {
  readonly name: string;
  readonly program: string;
  readonly args: readonly string[];
  readonly settings: Settings;
  /** Why it cannot run here. */
  readonly absent?: string;
}

const benchmarks = new URL("../", import.meta.url);

/** `benchmarks/<file>` in Node. */
export function defineNodeEngine(name: string, file: string, settings: Settings = {}): Contestant {
  const script = fileURLToPath(new URL(file, benchmarks));
  const args = ["--import", import.meta.resolve("tsx"), script];
  return { name, program: process.execPath, args, settings };
}

/** `benchmarks/python/<file>` in the peers' Python environment. */
export function definePythonEngine(name: string, file: string, settings: Settings = {}): Contestant {
  const args = [fileURLToPath(new URL(`python/${file}`, benchmarks))];
  const contestant = { name, program: pythonPeers.python, args, settings };
  if (isEnvironmentReady(pythonPeers)) return contestant;
  const state = existsSync(pythonPeers.python) ? "old or incomplete" : "missing";
  return { ...contestant, absent: `the Python peers are ${state}: npm run bench:setup` };
}
