import * as tf from "@tensorflow/tfjs";
import { kernels } from "./kernels/index.ts";
import { listKernelNames } from "./kernels/missing.ts";
import { describePublishedTests, makeTable, type PublishedTests } from "./published-tests.ts";

/**
 * docs/reference/kernels.md: which of TF.js's kernels the backend has, made from the registry, and what TF.js's tests
 * say.
 */
export function describeKernels(tests: PublishedTests): string {
  const supported = new Set(kernels.map(({ kernelName }) => kernelName));
  const names = listKernelNames();
  const rows = names.map((name) => [
    name,
    supported.has(name) ? "yes" : "no",
    // Without a gradient in TF.js a kernel can be computed, not trained through, on any backend.
    hasGradient(name) ? "yes" : "no",
  ]);
  return [
    "# Kernels of the onnxruntime backend",
    "",
    `Made by \`npm run kernels -- --write\`; a test fails when it is out of date. TF.js ${tf.version.tfjs} names ` +
      `${names.length} kernels, of which ${supported.size} are here. A kernel that is missing throws an error that ` +
      "names it; compute that step on another backend (`tf.setBackend`), tensors move by themselves.",
    "",
    ...makeTable([["Kernel", "Computed here", "TF.js has its gradient"], ...rows]),
    "",
    ...describePublishedTests(tests),
  ].join("\n");
}

/** The README of the package `tfjs-backend-onnxruntime` with a table of the kernels that are computed. */
export function insertKernels(readme: string): string {
  const names = kernels.map(({ kernelName }) => kernelName).sort();
  const rows = names.map((name) => [name, hasGradient(name) ? "yes" : "no"]);
  const table = makeTable([["Kernel", "TF.js has its gradient"], ...rows]).join("\n");
  return readme.replace(/(<!-- kernels.*?-->\n).*(<!-- end of kernels -->)/s, `$1\n${table}\n\n$2`);
}

function hasGradient(name: string): boolean {
  // Typed as always there, but undefined for kernels without one.
  const gradient: unknown = tf.getGradient(name);
  return gradient !== undefined;
}
