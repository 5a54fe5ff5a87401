import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe } from "vitest";
import * as z from "zod";
import { environmentPython, isEnvironmentReady } from "../../setup/python/python-environment.ts";
import { type NpyArray, readNpy, writeNpy } from "./npy.ts";

/**
 * Why tests that ask Python are skipped; undefined when they run. With CI set they always run, and fail when the
 * oracle is missing: a skipped oracle must not pass for a green one.
 */
export const oracleSkipReason: string | undefined =
  isEnvironmentReady() || process.env.CI !== undefined ? undefined : "no Python oracle: npm run setup:python";

/** `describe` for tests that ask Python: skipped, with the reason in the title, where there is none. */
export function describeWithOracle(title: string, body: () => void): void {
  describe.skipIf(oracleSkipReason !== undefined)(
    oracleSkipReason === undefined ? title : `${title} (${oracleSkipReason})`,
    body,
  );
}

/**
 * Runs a Python script in the oracles' environment.
 *
 * @param script the program's text
 * @param input what it reads from standard input
 * @param args its sys.argv[1:]
 * @returns what it wrote to standard output
 * @throws {Error} with its standard error when it fails
 */
export async function runPython(
  script: string,
  input: Uint8Array | string = "",
  args: readonly string[] = [],
): Promise<Buffer> {
  if (!isEnvironmentReady()) throw new Error("the Python oracle is missing or old: npm run setup:python");
  return new Promise((resolve, reject) => {
    // One thread: the machine is busy with the tests themselves.
    const env = { ...process.env, PYTHONUTF8: "1", OMP_NUM_THREADS: "1", OPENBLAS_NUM_THREADS: "1" };
    const child = spawn(environmentPython, ["-c", script, ...args], { env });
    const output: Buffer[] = [];
    const complaints: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => output.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => complaints.push(chunk));
    child.stdin.on("error", () => undefined); // a script that does not read its input closes it early
    child.on("error", reject);
    child.on("close", (code) => {
      if (code === 0) resolve(Buffer.concat(output));
      else
        reject(
          new Error(`Python ended with ${String(code)}:\n${Buffer.concat(complaints).toString("utf8")}`),
        );
    });
    child.stdin.end(input);
  });
}

const prelude = `
import json, os, sys
import numpy as np
folder = sys.argv[1]
request = json.load(open(os.path.join(folder, "request.json"), encoding="utf-8"))
arrays = {name: np.load(os.path.join(folder, f"in-{at}.npy")) for at, name in enumerate(request["arrays"])}
parameters = request["parameters"]
outputs = {}
`;

const epilogue = `
for at, value in enumerate(outputs.values()):
    np.save(os.path.join(folder, f"out-{at}.npy"), np.asarray(value))
json.dump(list(outputs), open(os.path.join(folder, "answer.json"), "w", encoding="utf-8"))
`;

const answerSchema = z.array(z.string());

/**
 * Asks Python for arrays. The script finds numpy as `np`, the given arrays in the dictionary `arrays` and the given
 * JSON value in `parameters`, and puts what it answers into the dictionary `outputs`:
 *
 *     const { mel } = await askPython("outputs['mel'] = np.log1p(arrays['power'])", { power });
 *
 * @throws {Error} with Python's message when the script fails
 */
export async function askPython(
  script: string,
  arrays: Readonly<Record<string, NpyArray>> = {},
  parameters: unknown = null,
): Promise<Record<string, NpyArray>> {
  const folder = await mkdtemp(path.join(tmpdir(), "earshot-oracle-"));
  try {
    const names = Object.keys(arrays);
    await writeFile(path.join(folder, "request.json"), JSON.stringify({ arrays: names, parameters }));
    for (const [at, array] of Object.values(arrays).entries()) {
      await writeFile(path.join(folder, `in-${at}.npy`), writeNpy(array));
    }
    await runPython(prelude + script + epilogue, "", [folder]);
    const answer = answerSchema.parse(JSON.parse(await readFile(path.join(folder, "answer.json"), "utf8")));
    const outputs = answer.map(
      async (name, at) => [name, readNpy(await readFile(path.join(folder, `out-${at}.npy`)))] as const,
    );
    return Object.fromEntries(await Promise.all(outputs));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
