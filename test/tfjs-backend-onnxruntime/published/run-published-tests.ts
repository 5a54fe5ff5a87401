import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { bundleTests } from "./bundle-tests.ts";
import { type Outcome, outcomesSchema } from "./outcome.ts";

// In node_modules, so that the bundle finds onnxruntime-node.
const cache = fileURLToPath(new URL("../../../node_modules/.cache/", import.meta.url));

/** Runs the tests that tfjs-core publishes on our backend, in a process of their own. */
export async function runPublishedTests(): Promise<Outcome[]> {
  await mkdir(cache, { recursive: true });
  const folder = await mkdtemp(path.join(cache, "tfjs-core-tests-"));
  try {
    const program = await bundleTests(folder);
    const results = path.join(folder, "outcomes.json");
    await promisify(execFile)(process.execPath, [program, results], { maxBuffer: 2 ** 28 });
    return outcomesSchema.parse(JSON.parse(await readFile(results, "utf8")));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
