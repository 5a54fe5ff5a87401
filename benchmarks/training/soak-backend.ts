/**
 * Memory of the onnxruntime backend over many training steps:
 * `npx tsx benchmarks/training/soak-backend.ts --steps 10000`. A tiny CNN, whose last batch of each epoch is short;
 * prints RSS, TF.js's counts and the backend's sessions ten times, and fails when tensors, sessions or (by more than 64
 * MiB since the first tenth) RSS have grown.
 */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import * as tf from "@tensorflow/tfjs";
import yargs from "yargs";
import { at } from "../../common/at.ts";
import { registerOnnxRuntimeBackend } from "../../tfjs-backend-onnxruntime/index.ts";

const { steps } = await yargs(process.argv.slice(2))
  .option("steps", { type: "number", default: 10_000, describe: "training steps" })
  .strict()
  .parse();
const allowedGrowthBytes = 64 * 2 ** 20;
const clipsOfBatch = [8, 8, 8, 3];

const { backend } = await registerOnnxRuntimeBackend();
const model = tf.sequential({
  layers: [
    tf.layers.conv1d({
      inputShape: [16, 8],
      filters: 8,
      kernelSize: 3,
      padding: "same",
      activation: "relu",
    }),
    tf.layers.batchNormalization(),
    tf.layers.maxPooling1d({ poolSize: 2 }),
    tf.layers.globalAveragePooling1d(),
    tf.layers.dense({ units: 10 }),
  ],
});
const optimiser = tf.train.adam(1e-3);

async function runStep(step: number): Promise<number> {
  const clips = at(clipsOfBatch, step % clipsOfBatch.length);
  const loss = tf.tidy(() => {
    const x = tf.randomNormal([clips, 16, 8], 0, 1, "float32", step);
    const labels = tf.oneHot(tf.range(0, clips, 1, "int32").mod(tf.scalar(10, "int32")), 10);
    const computed = optimiser.minimize(() => {
      const logits = model.apply(x, { training: true });
      if (!(logits instanceof tf.Tensor)) throw new TypeError("expected one output");
      return tf.losses.softmaxCrossEntropy(labels, logits).asScalar();
    }, true);
    if (computed === null) throw new Error("expected a loss");
    return computed;
  });
  const [value = Number.NaN] = await loss.data<"float32">();
  loss.dispose();
  return value;
}

setFlagsFromString("--expose-gc");
const collectGarbage: unknown = runInNewContext("gc");

/** After a collection: what is waiting for one has not leaked. */
function readState() {
  if (typeof collectGarbage === "function") Reflect.apply(collectGarbage, undefined, []);
  const { numTensors, numDataBuffers } = tf.memory();
  const { compiled, cachedSessions } = backend.statistics;
  return { rssBytes: process.memoryUsage.rss(), numTensors, numDataBuffers, compiled, cachedSessions };
}

let first: ReturnType<typeof readState> | undefined;
let last = readState();
const tenth = Math.max(clipsOfBatch.length * 2, Math.floor(steps / 10));
for (let step = 0; step < steps; step++) {
  const loss = await runStep(step);
  if ((step + 1) % tenth !== 0) continue;
  last = readState();
  first ??= last;
  console.log(JSON.stringify({ step: step + 1, loss, ...last, rssMiB: Math.round(last.rssBytes / 2 ** 20) }));
}
const problems = [
  ...(["numTensors", "numDataBuffers", "compiled", "cachedSessions"] as const).filter(
    (name) => first !== undefined && last[name] > first[name],
  ),
  ...(first !== undefined && last.rssBytes > first.rssBytes + allowedGrowthBytes ? ["RSS"] : []),
];
backend.dispose();
if (problems.length > 0) {
  console.error(`soak-backend: expected nothing to grow, but these did: ${problems.join(", ")}`);
  process.exitCode = 1;
}
