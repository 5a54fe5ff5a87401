/**
 * Counts the changes that this process makes to files below a folder and stops it at the n-th, as `kill -9` would: a
 * write is left half done, anything else not done, and no later operation returns, so that no clean-up runs either.
 * What was stopped stays stopped; whoever begins anew in the same process has working files again.
 */
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import path from "node:path";

interface Faults {
  /** Starts to count. @param stopAt number of the operation to stop at, from 1; 0: none */
  start(stopAt: number): void;
  /** Operations since `start`, each as it is called and the file's name. */
  readonly operations: readonly string[];
  /** Resolves when the operation to stop at has been reached. */
  readonly stopped: Promise<void>;
}

/** Operations with data, of which half is written, and those that are done whole or not at all. */
const writes = ["writeFile", "appendFile"] as const;
const changes = ["rename", "rm", "rmdir", "unlink", "mkdir", "symlink", "truncate"] as const;

const never = new Promise<never>(() => undefined);

interface Run {
  readonly stopAt: number;
  readonly operations: string[];
  isStopped: boolean;
  readonly stop: () => void;
}

const isFunction = (value: unknown): value is (...parameters: unknown[]) => unknown =>
  typeof value === "function";

/** @param folder below which operations count */
export function injectFaults(folder: string): Faults {
  let run: Run = { stopAt: 0, operations: [], isStopped: false, stop: () => undefined };
  let stopped: Promise<void> = never;

  /** What is to be done with an operation of the run that calls it. */
  const judge = (name: string, file: unknown): "do" | "stop here" | "never" => {
    if (typeof file !== "string" || !path.resolve(file).startsWith(folder)) return "do";
    if (run.isStopped) return "never";
    run.operations.push(`${name} ${path.relative(folder, path.resolve(file))}`);
    if (run.operations.length !== run.stopAt) return "do";
    run.isStopped = true;
    setTimeout(run.stop, 0); // what runs beside it may still end
    return "stop here";
  };

  const patch = (name: (typeof writes | typeof changes)[number]): void => {
    const original: unknown = Reflect.get(fs.promises, name);
    if (!isFunction(original)) throw new TypeError(`fs.promises.${name}: expected a function`);
    const isWrite = writes.some((write) => write === name);
    Reflect.set(fs.promises, name, async (file: unknown, data: unknown, ...rest: unknown[]) => {
      const verdict = judge(name, file);
      if (verdict === "do") {
        await original(file, data, ...rest);
        return;
      }
      if (verdict === "stop here" && isWrite) await original(file, halve(data));
      if (verdict === "stop here" && name === "rm") removeHalf(String(file));
      await never;
    });
  };
  for (const name of [...writes, ...changes]) patch(name);

  const appendFileSync = fs.appendFileSync.bind(fs);
  fs.appendFileSync = (file, data, options) => {
    const verdict = judge("appendFileSync", file);
    if (verdict === "do") {
      appendFileSync(file, data, options);
      return;
    }
    if (verdict === "stop here") appendFileSync(file, halve(data));
    throw new Error("stopped"); // a synchronous call cannot wait for ever
  };
  syncBuiltinESMExports();

  return {
    start: (stopAt) => {
      stopped = new Promise((resolve) => {
        run = { stopAt, operations: [], isStopped: false, stop: resolve };
      });
    },
    get operations() {
      return run.operations;
    },
    get stopped() {
      return stopped;
    },
  };
}

/** What `rm` of a folder has done when it is stopped; of a file it has done nothing. */
function removeHalf(folder: string): void {
  const names = fs.statSync(folder, { throwIfNoEntry: false })?.isDirectory() ? fs.readdirSync(folder) : [];
  for (const name of names.slice(0, Math.ceil(names.length / 2)))
    fs.rmSync(path.join(folder, name), { recursive: true });
}

function halve(data: unknown): string | Uint8Array {
  if (typeof data === "string") return data.slice(0, Math.floor(data.length / 2));
  if (data instanceof Uint8Array) return data.subarray(0, Math.floor(data.length / 2));
  throw new TypeError("expected text or bytes to write");
}
