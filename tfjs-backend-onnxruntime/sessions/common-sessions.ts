import type { InferenceSession } from "onnxruntime-common";
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
          await session.run(inputs, outputs);
        },
        dispose: () => session.release(),
      };
    },
  };
}
