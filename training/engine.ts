import util from "node:util";
import * as tf from "@tensorflow/tfjs";
import { UserError } from "../common/user-error.ts";
import type { engineNames } from "../run-files/run-config.ts";
import { describeErrorLine } from "../common/describe-error.ts";

/** Compiles a step where the engine can; with tfjs-node a step is run as it is. */
export { compileStep } from "../tfjs-backend-onnxruntime/compile-step.ts";

export type EngineName = Exclude<(typeof engineNames)[number], "auto">;

export interface Engine {
  readonly name: EngineName;
  /** Versions of what computes, for a run's header. */
  readonly version: string;
}

/**
 * Loads the library that computes TF.js operations and makes it TF.js's backend. The only file that knows engines:
 * training is plain TF.js. `auto` takes tfjs-node where its native library loads, else onnxruntime.
 * @param threads that compute; without it, all cores. Another number gives other bits
 * @throws UserError naming why the engine did not load and what to do
 */
export async function loadEngine(name: "auto" | EngineName, threads?: number): Promise<Engine> {
  if (name === "tfjs-node") return await loadTfjsNode(threads);
  if (name === "onnxruntime" || name === "onnxruntime-cuda") return await loadOnnxruntime(name, threads);
  try {
    return await loadTfjsNode(threads);
  } catch (tfjsNodeError) {
    try {
      return await loadOnnxruntime("onnxruntime", threads);
    } catch (onnxruntimeError) {
      throw new UserError(
        `no training engine loads:\n${describe(tfjsNodeError)}\n${describe(onnxruntimeError)}`,
      );
    }
  }
}

/** Writes numbers for TensorBoard. */
interface SummaryWriter {
  scalar(name: string, value: number, step: number): void;
  flush(): void;
}

/** tfjs-node's own writer of event files, whatever engine computes. @throws UserError where its library is not there */
export async function openSummaryWriter(folder: string): Promise<SummaryWriter> {
  try {
    const { node } = await import("@tensorflow/tfjs-node");
    return node.summaryFileWriter(folder);
  } catch (error) {
    throw new UserError(
      `TensorBoard: expected tfjs-node, which writes its files, got: ${describeErrorLine(error)}; run \`npm run setup:tfjs-node\``,
      { cause: error },
    );
  }
}

async function loadTfjsNode(threads?: number): Promise<Engine> {
  process.env.TF_CPP_MIN_LOG_LEVEL ??= "2"; // TensorFlow greets with several lines on start
  if (threads !== undefined) process.env.TF_NUM_INTRAOP_THREADS = String(threads);
  // tfjs-node 4.22 calls a function that Node 23 removed.
  if (!("isNullOrUndefined" in util))
    Object.assign(util, { isNullOrUndefined: (value: unknown) => value === null || value === undefined });
  try {
    const { version } = await import("@tensorflow/tfjs-node");
    await tf.setBackend("tensorflow");
    return { name: "tfjs-node", version: `tfjs-node ${version["tfjs-node"]}, TF.js ${version.tfjs}` };
  } catch (error) {
    throw new UserError(
      `tfjs-node: expected its native TensorFlow library, got: ${describeErrorLine(error)}; run \`npm run setup:tfjs-node\``,
      { cause: error },
    );
  }
}

async function loadOnnxruntime(
  engine: "onnxruntime" | "onnxruntime-cuda",
  threads?: number,
): Promise<Engine> {
  const onGpu = engine === "onnxruntime-cuda";
  try {
    const { registerOnnxRuntimeBackend } = await import("../tfjs-backend-onnxruntime/index.ts");
    const { name, version } = await registerOnnxRuntimeBackend({
      ...(threads !== undefined && { threads }),
      ...(onGpu && { executionProviders: ["cuda"] }),
    });
    if (onGpu) await tf.scalar(1).add(1).data(); // the first session is what needs the libraries
    return { name: engine, version: `${name} ${version}, TF.js ${tf.version.tfjs}${onGpu ? ", CUDA" : ""}` };
  } catch (error) {
    const [expected, remedy] = onGpu
      ? ["onnxruntime-node with CUDA", "npm run setup:cuda"]
      : ["onnxruntime-node's native library", "npm ci"];
    throw new UserError(
      `${engine}: expected ${expected}, got: ${describeErrorLine(error)}; run \`${remedy}\``,
      {
        cause: error,
      },
    );
  }
}

const describe = (error: unknown): string => `  ${describeErrorLine(error)}`;
