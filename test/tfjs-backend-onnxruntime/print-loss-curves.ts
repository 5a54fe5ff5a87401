/**
 * How far the loss curves of two engines part from one seed, beside how far tfjs-node parts from itself when each first
 * weight is moved by its last bit:
 * `npx tsx test/tfjs-backend-onnxruntime/print-loss-curves.ts --network cnn-transformer`. Rounding differs between any
 * two engines; what training makes of such a difference is a property of the network and not of an engine. Prints the
 * largest relative difference of the losses up to each tenth of the steps, then how far the first step's gradients
 * differ, over all weights.
 */
import * as tf from "@tensorflow/tfjs";
import yargs from "yargs";
import { type CurveOptions, trainCurve } from "./train-curve.ts";

const options = await yargs(process.argv.slice(2))
  .option("network", { choices: ["cnn", "cnn-transformer"] as const, default: "cnn-transformer" as const })
  .option("optimiser", { choices: ["sgd", "adamw"] as const, default: "adamw" as const })
  .option("learningRate", { type: "number", default: 1e-3 })
  .option("steps", { type: "number", default: 100 })
  .option("clips", { type: "number", default: 16, describe: "of a batch" })
  .option("frames", { type: "number", default: 64 })
  .option("batches", { type: "number", default: 4, describe: "that take turns: few are learnt by heart" })
  .option("narrow", { type: "boolean", default: false, describe: "an eighth of the channels" })
  .option("cpu", {
    type: "boolean",
    default: false,
    describe: "TF.js's CPU backend too, which sums in float64",
  })
  .strict()
  .parse();

const curve: CurveOptions = { ...options, seed: 1 };
const runs = {
  "tfjs-node": await trainCurve("tfjs-node", curve),
  "tfjs-node again": await trainCurve("tfjs-node", curve),
  "tfjs-node, last bits moved": await trainCurve("tfjs-node", { ...curve, moveLastBits: 1 }),
  "tfjs-node, last bits moved otherwise": await trainCurve("tfjs-node", { ...curve, moveLastBits: 2 }),
  onnxruntime: await trainCurve("onnxruntime", curve),
  "onnxruntime, last bits moved": await trainCurve("onnxruntime", { ...curve, moveLastBits: 1 }),
  ...(options.cpu ? { cpu: await trainCurve("cpu", curve) } : {}),
};
const { "tfjs-node": reference, ...others } = runs;

console.log(
  `losses of tfjs-node: ${pickTenths(reference.losses)
    .map((loss) => loss.toPrecision(4))
    .join(" ")}`,
);
for (const [name, { losses }] of Object.entries(others)) {
  const differences = losses.map((loss, step) =>
    relativeDifference(loss, reference.losses[step] ?? Number.NaN),
  );
  const sofar = differences.map((_, step) => Math.max(...differences.slice(0, step + 1)));
  console.log(
    `${name}: ${pickTenths(sofar)
      .map((difference) => difference.toExponential(1))
      .join(" ")}`,
  );
}
console.log("\ngradients of the first step, |difference| / |gradient| beside tfjs-node's:");
for (const [name, { gradients }] of Object.entries(others)) {
  const distances = [...reference.gradients].map(([weight, gradient]) => ({
    weight,
    distance: measureDistance(gradients.get(weight) ?? new Float32Array(), gradient),
  }));
  const [largest] = distances.filter(isDetermined).toSorted((a, b) => b.distance - a.distance);
  const rest = distances.filter((found) => !isDetermined(found));
  console.log(
    `${name}: at most ${largest?.distance.toExponential(1)} (${largest?.weight}); ` +
      rest.map(({ weight, distance }) => `${weight} ${distance.toExponential(1)}`).join(", "),
  );
}
tf.disposeVariables();

/**
 * A bias of the keys shifts all of a query's scores alike, which softmax takes back: its gradient is 0 but for
 * rounding.
 */
function isDetermined({ weight }: { readonly weight: string }): boolean {
  return !weight.endsWith("key_bias");
}

function pickTenths(values: readonly number[]): number[] {
  const tenth = Math.max(1, Math.floor(values.length / 10));
  return values.filter((_, index) => (index + 1) % tenth === 0);
}

function relativeDifference(a: number, b: number): number {
  return Math.abs(a - b) / Math.abs(b);
}

/** Euclidean length of the difference as a fraction of `b`'s. */
function measureDistance(a: Float32Array, b: Float32Array): number {
  let difference = 0;
  let length = 0;
  b.forEach((value, index) => {
    difference += ((a[index] ?? Number.NaN) - value) ** 2;
    length += value ** 2;
  });
  return Math.sqrt(difference / length);
}
