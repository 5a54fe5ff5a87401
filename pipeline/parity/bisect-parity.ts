import * as ort from "onnxruntime-node";
import * as tf from "@tensorflow/tfjs";
import { at } from "../../common/at.ts";
import { exportTrainedModel } from "../../export/export-trained-model.ts";
import { openExtractor } from "../../features/open-extractor.ts";
import type { LayerDifference } from "../../run-files/parity-file.ts";
import type { TrainedModel } from "../../training/checkpoints/checkpoint.ts";
import type { ParityClip } from "./pick-parity-clips.ts";
import type { FeatureShape } from "../../features/scorer.ts";
import { type ScoringModel, transformInputs } from "../../training/scoring/tfjs-scorer.ts";

/**
 * Where TF.js and ONNX Runtime part: every layer's output for the first clip, in the order of computation. The graph
 * is exported anew, with its layers exposed.
 */
export async function compareLayers(
  trained: TrainedModel,
  [clip]: readonly ParityClip[],
): Promise<LayerDifference[]> {
  if (clip === undefined) return [];
  const { bytes } = exportTrainedModel(trained, {
    input: "features",
    metadata: { program: "bisect", network: trained.model.name },
    exposeLayers: true,
  });
  const extractor = await openExtractor(trained.features, ort);
  const { values, frames, bands } = await extractor.extract(clip.samples);
  const shape = [1, frames, bands] as const;
  const session = await ort.InferenceSession.create(bytes);
  const outputs = await session.run({ features: new ort.Tensor("float32", values, shape) });
  await Promise.all([session.release(), extractor.dispose()]);
  const differences: LayerDifference[] = [];
  for (const [layer, expected] of await traceLayers(trained, values, shape)) {
    const actual = outputs[layer]?.data;
    if (actual instanceof Float32Array) differences.push({ layer, ...compareValues(expected, actual) });
  }
  return differences;
}

/** Names the first layer whose error jumps, with its numbers; or says that no layer differs. */
export function describeJump(differences: readonly LayerDifference[]): string {
  const found = findFirstJump(differences);
  if (found === undefined)
    return "every layer of a fresh export agrees: the file is not an export of this run's network; npx earshot export";
  const absolute = found.maxAbsoluteDifference.toExponential(2);
  const relative = found.relativeDifference.toExponential(2);
  return `the first layer that parts is ${found.layer}: ${absolute} apart, ${relative} of its largest value`;
}

/** What rounding alone may do in one layer, as a fraction of its largest value. */
const rounding = 1e-5;

/** Growth of the relative error from one layer to the next that is no longer rounding. */
const jump = 10;

/** The first layer whose error is `jump` times the largest before it, and more than rounding. */
export function findFirstJump(differences: readonly LayerDifference[]): LayerDifference | undefined {
  let before = rounding / jump;
  for (const difference of differences) {
    if (difference.relativeDifference > jump * before) return difference;
    before = Math.max(before, difference.relativeDifference);
  }
  return undefined;
}

function compareValues(expected: Float32Array, actual: Float32Array) {
  if (expected.length !== actual.length)
    return { maxAbsoluteDifference: Number.MAX_VALUE, relativeDifference: Number.MAX_VALUE };
  let maxAbsoluteDifference = 0;
  let largest = 0;
  for (const [index, value] of expected.entries()) {
    maxAbsoluteDifference = Math.max(maxAbsoluteDifference, Math.abs(value - at(actual, index)));
    largest = Math.max(largest, Math.abs(value));
  }
  return { maxAbsoluteDifference, relativeDifference: maxAbsoluteDifference / (largest || 1) };
}

/**
 * Every layer's output for one batch, by the layer's name, in the order of computation.
 * @param values raw log-mel of `shape`, row-major
 */
async function traceLayers(
  trained: ScoringModel,
  values: Float32Array,
  shape: FeatureShape,
): Promise<Map<string, Float32Array>> {
  const { model, features, standardisation } = trained;
  const inputs = transformInputs(values, shape, features, standardisation);
  const layers = model.layers.filter((layer) => !model.inputLayers.includes(layer));
  const outputs = layers.flatMap(({ output }) => output);
  const probe = tf.model({ inputs: model.inputs, outputs });
  const tensors = tf.tidy(() => probe.predict(tf.tensor3d(inputs, [...shape])));
  const traced = new Map<string, Float32Array>();
  for (const [index, tensor] of [tensors].flat().entries()) {
    const layer = layers[index];
    if (layer !== undefined) traced.set(layer.name, await tensor.data<"float32">());
    tensor.dispose();
  }
  return traced;
}
