/**
 * How long the matrix products of a training step would take at the fastest speed that ONNX Runtime reaches in one:
 * a limit for any engine that multiplies as it does. Three products a forward product: itself, the gradient of its
 * data and that of its weights; attention's small products between positions are left out.
 */
import * as ort from "onnxruntime-node";
import * as z from "zod";
import { GraphBuilder } from "../../onnx/graph-builder.ts";
import { writeModel } from "../../onnx/write-model.ts";
import { readSettings, readVersion, serveRounds, timeRuns } from "../measure/serve-rounds.ts";

const { network, threads } = z.object({ network: z.string(), threads: z.number() }).parse(readSettings());
const size = 1536;
const runs = 4;
const clips = 32;
const convolutions = [
  { frames: 214, taps: 5, from: 96, to: 128 },
  { frames: 107, taps: 5, from: 128, to: 128 },
  { frames: 53, taps: 3, from: 128, to: 256 },
  { frames: 26, taps: 3, from: 256, to: 256 },
  { frames: 26, taps: 3, from: 256, to: 256 },
];
const encoder = { layers: 2, frames: 26, width: 256, feedForward: 2048 };

/** Floating-point operations of a step. */
function countStepOperations(): number {
  const trunk = convolutions.reduce((sum, { frames, taps, from, to }) => sum + frames * taps * from * to, 0);
  const { layers, frames, width, feedForward } = encoder;
  const encoders = layers * frames * (4 * width * width + 2 * width * feedForward);
  const forward = 2 * clips * (trunk + (network === "cnn-transformer" ? encoders : 0));
  return 3 * forward;
}

function buildProduct(): Uint8Array {
  const graph = new GraphBuilder({ name: "product" });
  const a = graph.addInput("a", "float32", [size, size]);
  const b = graph.addInput("b", "float32", [size, size]);
  graph.addOutput("product", graph.addNode("MatMul", [a, b]), "float32", [size, size]);
  return writeModel(graph.toModel());
}

const session = await ort.InferenceSession.create(buildProduct(), { intraOpNumThreads: threads });
const values = Float32Array.from({ length: size * size }, (_, index) => Math.sin(index));
const matrix = new ort.Tensor("float32", values, [size, size]);
const scale = countStepOperations() / (2 * size ** 3);

await serveRounds({ versions: { "onnxruntime-node": readVersion("onnxruntime-node") } }, async () => {
  const times = await timeRuns(runs, () => session.run({ a: matrix, b: matrix }));
  return times.map((time) => time * scale);
});
