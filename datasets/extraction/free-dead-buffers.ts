import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import * as z from "zod";

type Collector = (options?: { readonly type: "minor" }) => void;

const collectorSchema = z.custom<Collector>((value) => typeof value === "function");

let collect: Collector | undefined;

/**
 * Collects this thread's garbage when its buffers, dead ones included, take more than `maxBytes`. V8 leaves it at
 * about 64 MB a thread, for it sees small objects where there are seconds of sound; malloc's heaps, which never
 * shrink again, then grow for hundreds of files, and the more the more threads there are.
 */
export function freeDeadBuffers(maxBytes: number): void {
  if (process.memoryUsage().arrayBuffers <= maxBytes) return;
  collect ??= findCollector();
  collect({ type: "minor" }); // most died young, and a whole collection takes as long as half a clip's features
  if (process.memoryUsage().arrayBuffers > maxBytes) collect();
}

/** V8's own `gc`, which a context has that was made after the flag was set. */
function findCollector(): Collector {
  setFlagsFromString("--expose-gc");
  return collectorSchema.parse(runInNewContext("gc"));
}
