// Loads tfjs-node and computes with it, in a process of its own: a broken native library may end the process, and the
// library cannot be loaded a second time. Prints { "tfjs": "4.22.0", "tensorflow": "2.15.1" }.
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const util = require("node:util");

// Node 23 removed it; tfjs-node 4.22 calls it. training/engine.ts does the same.
util.isNullOrUndefined ??= (value) => value === null || value === undefined;

const tf = require("@tensorflow/tfjs-node");
const { TF_Version: tensorflow } = require("@tensorflow/tfjs-node/lib/napi-v8/tfjs_binding.node");
const [product] = tf.matMul(tf.tensor2d([[2, 3]]), tf.tensor2d([[5], [7]])).dataSync();
if (tf.getBackend() !== "tensorflow" || product !== 31) {
  throw new Error(`expected 2 x 5 + 3 x 7 = 31 from TensorFlow, got ${product} from ${tf.getBackend()}`);
}
process.stdout.write(JSON.stringify({ tfjs: tf.version["tfjs-node"], tensorflow }));
