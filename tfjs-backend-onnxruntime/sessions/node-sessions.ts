import { createRequire } from "node:module";
import type { InferenceSession } from "onnxruntime-common";
import { env } from "onnxruntime-node";
// onnxruntime-node's public `run` wraps a synchronous call in setImmediate; plain TF.js code needs the call itself.
import { binding, initOrt } from "onnxruntime-node/dist/binding.js";
import { useFloat32Products } from "../../common/float32-products.ts";
import type { GraphSession, NamedTensors, SessionFactory } from "./session-factory.ts";

/**
 * What the entry of Node takes besides.
 *
 *     await registerOnnxRuntimeBackend({ threads: 2, executionProviders: ["cuda", "cpu"] });
 */
export interface NodeSessionOptions {
  /** Threads that compute one operator. Default: ONNX Runtime's, one a physical core. */
  readonly threads?: number;
  /** Where graphs are computed, in order of preference; what the first cannot, the next does. Default the processor. */
  readonly executionProviders?: readonly ("cuda" | "cpu")[];
  /** Prefix of ONNX Runtime's profile files; one is written when a session is disposed. */
  readonly profilePrefix?: string;
}

/** Sessions of onnxruntime-node: in the process, synchronous, without a copy of inputs or outputs. */
export function createNodeSessions({
  threads,
  executionProviders,
  profilePrefix,
}: NodeSessionOptions = {}): SessionFactory {
  if (executionProviders?.includes("cuda") === true) useFloat32Products();
  const options: InferenceSession.SessionOptions = {
    graphOptimizationLevel: "all",
    logSeverityLevel: 3,
    ...(threads !== undefined && { intraOpNumThreads: threads }),
    ...(executionProviders !== undefined && { executionProviders }),
    ...(profilePrefix !== undefined && { enableProfiling: true, profileFilePrefix: profilePrefix }),
  };
  const createSync = (model: Uint8Array): GraphSession => {
    initOrt();
    const session = new binding.InferenceSession();
    // The binding takes an ArrayBuffer; ours may be a view on a larger one.
    const bytes = new Uint8Array(model);
    session.loadModel(bytes.buffer, 0, bytes.byteLength, options);
    const runSync = (inputs: NamedTensors, outputs: NamedTensors): void => {
      session.run(inputs, outputs, {});
    };
    return {
      runSync,
      run: (inputs, outputs) =>
        Promise.resolve().then(() => {
          runSync(inputs, outputs);
        }),
      dispose: () => {
        if (profilePrefix !== undefined) session.endProfiling();
        session.dispose();
        return Promise.resolve();
      },
    };
  };
  return {
    name: "onnxruntime-node",
    version: env.versions.node ?? readVersion(),
    createSync,
    create: (model) => Promise.resolve().then(() => createSync(model)),
  };
}

function readVersion(): string {
  const found: unknown = createRequire(import.meta.url)("onnxruntime-node/package.json");
  if (typeof found === "object" && found !== null && "version" in found) return String(found.version);
  return "unknown";
}
