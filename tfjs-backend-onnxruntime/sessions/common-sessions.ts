import type { InferenceSession, Tensor } from "onnxruntime-common";
import type { GraphSession, SessionFactory } from "./session-factory.ts";

/** What onnxruntime-web, onnxruntime-node and onnxruntime-react-native share. */
export interface CommonRuntime {
  readonly InferenceSession: {
    create(model: Uint8Array, options?: InferenceSession.SessionOptions): Promise<InferenceSession>;
  };
  readonly env: { readonly versions: { readonly common: string } };
}

/** Sessions of any ONNX Runtime for JavaScript, asynchronous: data is read with `await tensor.data()`. */
export function createCommonSessions(
  runtime: CommonRuntime,
  options: InferenceSession.SessionOptions = {},
): SessionFactory {
  return {
    name: "onnxruntime",
    version: runtime.env.versions.common,
    async create(model): Promise<GraphSession> {
      const session = await runtime.InferenceSession.create(model, {
        graphOptimizationLevel: "all",
        logSeverityLevel: 3,
        ...options,
      });
      return {
        async run(inputs, outputs) {
          const results = await session.run(inputs);
          // onnxruntime-web computes in WASM's memory and leaves the outputs that it is given as they were.
          for (const [name, target] of Object.entries(outputs)) copyElements(name, results[name], target);
        },
        dispose: () => session.release(),
      };
    },
  };
}

function copyElements(name: string, source: Tensor | undefined, { data: target }: Tensor): void {
  const data = source?.data;
  if (data instanceof Float32Array && target instanceof Float32Array) target.set(data);
  else if (data instanceof Int32Array && target instanceof Int32Array) target.set(data);
  else if (data instanceof Uint8Array && target instanceof Uint8Array) target.set(data);
  else throw new TypeError(`${name}: expected an output of type ${target.constructor.name}`);
}
