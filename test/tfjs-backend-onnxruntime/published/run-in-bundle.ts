/** The process that runs TF.js's tests; `bundle-tests.ts` puts it into one program with them and with our backend. */
import { writeFileSync } from "node:fs";
import * as tf from "@tensorflow/tfjs";
import jasmineCore, { type Result } from "jasmine-core";
import { registerOnnxRuntimeBackend } from "../../../tfjs-backend-onnxruntime/index.ts";
import type { Outcome } from "./outcome.ts";

declare global {
  var describe: (name: string, define: () => void) => unknown;
}

export interface TestFile {
  readonly name: string;
  readonly load: () => Promise<unknown>;
}

/** TF.js's tests define themselves for each of these. */
type SetEnvironments = (
  environments: { name: string; backendName: string; flags: object; isDataSync: boolean }[],
) => void;

const backendName = "onnxruntime";

/** Runs all tests and writes an Outcome of each to the file named by the first argument, as JSON. */
export async function runFiles(files: readonly TestFile[], setEnvironments: SetEnvironments): Promise<void> {
  await registerOnnxRuntimeBackend({ threads: 1 });
  setEnvironments([{ name: backendName, backendName, flags: {}, isDataSync: true }]);
  jasmineCore.installGlobals();
  const environment = jasmineCore.jasmine.getEnv();
  // Some of TF.js's files define two suites of one name.
  environment.configure({ random: false, forbidDuplicateNames: false });
  for (const { name, load } of files) await nameSuitesAfter(name, load);
  const outcomes: Outcome[] = [];
  const refusals = watchRefusals();
  const addFailure = ({ fullName, failedExpectations }: Pick<Result, "fullName" | "failedExpectations">) => {
    for (const { message } of failedExpectations)
      outcomes.push({ ...splitName(fullName), status: "failed", message });
  };
  environment.addReporter({
    specStarted: () => {
      refusals.clear();
    },
    specDone: (result) => {
      const [refused] = refusals;
      // Even where the test passed: it may have waited for an error, and got this one.
      if (refused !== undefined)
        outcomes.push({ ...splitName(result.fullName), status: "unsupported", message: refused });
      else if (result.status === "failed")
        addFailure({ ...result, failedExpectations: result.failedExpectations.slice(0, 1) });
      else if (result.status === "passed")
        outcomes.push({ ...splitName(result.fullName), status: "passed", message: "" });
    },
    suiteDone: addFailure,
    jasmineDone: (result) => {
      addFailure({ ...result, fullName: "" });
    },
  });
  await environment.execute();
  const [, , file = "outcomes.json"] = process.argv;
  writeFileSync(file, JSON.stringify(outcomes));
}

const separator = " :: ";

/** A file's outermost suites begin with its name, so that each test says where it is. */
async function nameSuitesAfter(file: string, load: () => Promise<unknown>): Promise<void> {
  const { describe } = globalThis;
  let depth = 0;
  globalThis.describe = (name, define) =>
    describe(depth === 0 ? `${file}${separator}${name}` : name, () => {
      depth++;
      define();
      depth--;
    });
  await load();
  globalThis.describe = describe;
}

function splitName(fullName: string): { file: string; test: string } {
  const [file = "", test = ""] = fullName.split(separator);
  return { file, test: test.replaceAll(` ${backendName} {}`, "") };
}

/** What our kernels have refused to compute since the set was cleared: a kernel's name, texts or complex numbers. */
function watchRefusals(): Set<string> {
  const refusals = new Set<string>();
  for (const kernel of tf.getKernelsForBackend(backendName)) {
    const { kernelFunc } = kernel;
    kernel.kernelFunc = (request) => {
      try {
        return kernelFunc(request);
      } catch (error) {
        const refusal = readRefusal(error instanceof Error ? error.message : "");
        if (refusal !== undefined) refusals.add(refusal);
        throw error;
      }
    };
  }
  return refusals;
}

function readRefusal(message: string): string | undefined {
  const missing = /^(\w+): expected a kernel of the onnxruntime backend/.exec(message)?.[1];
  if (missing !== undefined) return missing;
  if (/tensor of texts|expected float32, int32 or bool.*string/.test(message)) return "texts";
  return /expected float32, int32 or bool.*complex64/.test(message) ? "complex numbers" : undefined;
}
