// Adds 1 to 2 on the GPU, in a process of its own: where ONNX Runtime looks for CUDA's libraries is settled when a
// process starts. What is missing it writes to standard error.
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const { InferenceSession, Tensor } = require("onnxruntime-node");

/** y = x + 1. */
const model =
  "CAgSB2VhcnNob3Q6fAoeCgF4CghzY2FsYXJfMRIDQWRkGgNBZGQiA0FkZDoACh4KA0FkZBIBeRoIeS9vdXRwdXQiCElkZW50aXR5OgASBHRlc3Q" +
  "qEhABQghzY2FsYXJfMUoEAACAP1oPCgF4EgoKCAgBEgQKAggBYg8KAXkSCgoICAESBAoCCAFCBAoAEBE=";

const session = await InferenceSession.create(Buffer.from(model, "base64"), { executionProviders: ["cuda"] });
const { y } = await session.run({ x: new Tensor("float32", Float32Array.of(2), [1]) });
if (y.data[0] !== 3) throw new Error(`expected 2 + 1 = 3 from the GPU, got ${y.data[0]}`);
