import { runInThisContext } from "node:vm";
import * as ort from "onnxruntime-node";
import type { OrtRuntime } from "../../features/ort-runtime.ts";

/**
 * ONNX Runtime for the realm of this module. Jest and Vitest's `vmThreads` run each file of tests in a realm with its
 * own `Float32Array`, but the native part of ONNX Runtime makes its arrays in the first realm of the process, and then
 * its `Tensor`, loaded in the test's realm, refuses them. There, ONNX Runtime is loaded in the first realm, and what it
 * takes is viewed as an array of that realm; nothing is copied.
 */
export function loadOnnxRuntime(): OrtRuntime {
  const first = findFirstRealm();
  if (first.Float32Array === Float32Array) return ort;
  // The `createRequire` and the `process` of this realm may be the test runner's own, which load into its realm.
  const { createRequire } = first.process.getBuiltinModule("node:module");
  // eslint-disable-next-line @typescript-eslint/no-unsafe-assignment -- `require` has no types: the package imported above
  const { InferenceSession, Tensor }: typeof ort = createRequire(import.meta.url)("onnxruntime-node");
  return {
    InferenceSession: {
      create: ({ buffer, byteOffset, length }, options) =>
        InferenceSession.create(new first.Uint8Array(buffer, byteOffset, length), options),
    },
    Tensor: new Proxy(Tensor, {
      construct: (
        target,
        [type, { buffer, byteOffset, length }, dims]: ConstructorParameters<OrtRuntime["Tensor"]>,
      ) => new target(type, new first.Float32Array(buffer, byteOffset, length), dims),
    }),
  };
}

function findFirstRealm(): Pick<typeof globalThis, "Float32Array" | "Uint8Array" | "process"> {
  // eslint-disable-next-line @typescript-eslint/no-unsafe-return -- globals, by their names
  return runInThisContext("({ Float32Array, Uint8Array, process })");
}
