import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import * as z from "zod";

const collectorSchema = z.custom<() => void>((value) => typeof value === "function");

let collect: (() => void) | undefined;

/**
 * Collects this thread's garbage when its buffers, dead ones included, take more than `mostBytes`. V8 leaves it at
 * about 64 MB a thread, for it sees small objects where there are seconds of sound; malloc's heaps, which never
 * shrink again, then grow for hundreds of files, and the more the more threads there are.
 */
export function freeDeadBuffers(mostBytes: number): void {
  if (process.memoryUsage().arrayBuffers <= mostBytes) return;
  collect ??= findCollector();
  collect();
}

/** V8's own `gc`, which a context has that was made after the flag was set. */
function findCollector(): () => void {
  setFlagsFromString("--expose-gc");
  return collectorSchema.parse(runInNewContext("gc"));
}
