import type { InferenceSession, TypedTensor } from "onnxruntime-common";

/**
 * The part of onnxruntime-common that onnxruntime-node and onnxruntime-web share and that extraction uses.
 *
 *     const runtime: OrtRuntime = await import("onnxruntime-node");
 */
export interface OrtRuntime {
  readonly InferenceSession: {
    create(model: Uint8Array, options?: InferenceSession.SessionOptions): Promise<InferenceSession>;
  };
  readonly Tensor: new (
    type: "float32",
    data: Float32Array,
    dims: readonly number[],
  ) => TypedTensor<"float32">;
}
