import { readFile } from "node:fs/promises";
import { at } from "../../common/at.ts";
import { createRandom } from "../../common/random.ts";
import { defaultFeatureConfig } from "../../features/feature-config.ts";
import { countClipSamples } from "../../features/fit-clip.ts";
import { createNetwork } from "../../models/create-network.ts";
import { networkConfigSchema } from "../../models/network-config.ts";
import { openScorer } from "../../runtime/node.ts";
import { loadEngine } from "../../training/engine.ts";
import { exportUntrained } from "../export/export-untrained.ts";
import { makeInput } from "../inference/inference-settings.ts";
import { prepareStep } from "../training/benchmark-step.ts";

export interface Difference {
  readonly subject: string;
  readonly largest: number;
  readonly bound: number;
}

const clips = 8;
const logitBound = 1e-4;
/** Two engines agree to this after 100 steps (tfjs-backend-onnxruntime/README.md). */
const lossBound = 1e-3;
const steps = 20;

/** Both networks, every number of heads, from features and from samples, and the model in the box. */
export async function compareAnswers(): Promise<Difference[]> {
  const networks = [
    { name: "cnn", config: networkConfigSchema.parse({ architecture: "cnn" }) },
    ...[1, 2, 4].map((heads) => ({
      name: `cnn-transformer, ${heads} heads`,
      config: networkConfigSchema.parse({ architecture: "cnn-transformer", heads }),
    })),
  ];
  const differences: Difference[] = [];
  for (const { name, config } of networks) {
    const model = createNetwork(config, 1);
    for (const input of ["features", "samples"] as const)
      differences.push({
        subject: `${name}, ${input}`,
        ...(await compareLogits(exportUntrained(model, input).bytes, makeInput({ input, batch: clips }))),
      });
    model.dispose();
  }
  const included = await readFile(new URL("../../pretrained/esc10.onnx", import.meta.url));
  differences.push({
    subject: "pretrained/esc10.onnx, samples",
    ...(await compareLogits(included, makeSounds())),
  });
  return differences;
}

/** Decaying noise with a tone in it, from full scale down to -70 dB: clips that trimming and level treat differently. */
function makeSounds(): { values: Float32Array; shape: number[] } {
  const random = createRandom(1, "check:cuda");
  const clipSamples = countClipSamples(defaultFeatureConfig);
  const values = new Float32Array(clips * clipSamples);
  for (let clip = 0; clip < clips; clip++)
    for (let sample = 0; sample < clipSamples; sample++) {
      const tone = Math.sin((sample * (clip + 1)) / 20);
      const envelope = Math.exp((-sample * clip) / clipSamples) * 10 ** (-clip / 2);
      values[clip * clipSamples + sample] = envelope * (0.5 * tone + 0.5 * (random.next() - 0.5));
    }
  return { values, shape: [clips, clipSamples] };
}

async function compareLogits(
  model: Uint8Array,
  { values, shape }: { readonly values: Float32Array; readonly shape: readonly number[] },
): Promise<Pick<Difference, "largest" | "bound">> {
  const ask = async (provider: string): Promise<Float32Array> => {
    const scorer = await openScorer(model, { executionProviders: [provider] });
    const logits = Float32Array.from(await scorer.score(values, [...shape]));
    await scorer.dispose();
    return logits;
  };
  return { largest: findLargest(await ask("cuda"), await ask("cpu"), () => 1), bound: logitBound };
}

/** Both networks, from the same first weights. */
export async function compareLosses(): Promise<Difference[]> {
  const differences: Difference[] = [];
  for (const network of ["cnn", "cnn-transformer"] as const) {
    const gpu = await listLosses("onnxruntime-cuda", network);
    const processor = await listLosses("onnxruntime", network);
    differences.push({
      subject: `${network}, ${steps} steps`,
      largest: findLargest(gpu, processor, Math.abs),
      bound: lossBound,
    });
  }
  return differences;
}

async function listLosses(
  engine: "onnxruntime" | "onnxruntime-cuda",
  network: "cnn" | "cnn-transformer",
): Promise<number[]> {
  await loadEngine(engine);
  const runStep = prepareStep({ network, optimiser: "sgd", compiled: true });
  const losses: number[] = [];
  for (let index = 0; index < steps; index++) losses.push(await runStep());
  return losses;
}

function findLargest(
  ours: ArrayLike<number>,
  theirs: ArrayLike<number>,
  measure: (value: number) => number,
): number {
  if (ours.length !== theirs.length) throw new Error(`expected ${theirs.length} values, got ${ours.length}`);
  return Math.max(
    ...Array.from(theirs, (value, index) => Math.abs(at(ours, index) - value) / measure(value)),
  );
}
