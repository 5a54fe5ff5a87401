import { at } from "../../common/at.ts";
import { poolingNames } from "../../features/graph/tensor-names.ts";
import type { FeatureShape } from "../../features/scorer.ts";
import type { GraphNode } from "../../onnx/rewrite/graph-fields.ts";
import { splitModel } from "../../onnx/rewrite/split-model.ts";
import type { OrtFunction } from "../ort-scorer.ts";

/** Logits of windows, and, where the network can be cut before its pooling, of the steps of time in each. */
interface WindowLogits {
  /** Row-major [windows, classes]. */
  readonly windows: Float32Array;
  /** Row-major [windows, steps, classes]. */
  readonly steps?: Float32Array;
}

/** What scores windows of features. */
export interface WindowNetwork {
  score(features: Float32Array, shape: FeatureShape): Promise<WindowLogits>;
  dispose(): Promise<void>;
}

/** A network in two: from features to what it pools over time, and from there to logits. */
interface NetworkParts {
  readonly trunk: Uint8Array;
  readonly head: Uint8Array;
  /** Whether the tensor between them is [windows, channels, steps], not [windows, steps, channels]. */
  readonly isChannelsFirst: boolean;
}

/** Before its mean and maximum over time. @returns undefined for a network without such a place */
function cutBeforePooling(network: Uint8Array): NetworkParts | undefined {
  let isChannelsFirst = false;
  const parts = splitModel(
    network,
    (nodes) => {
      const [mean, max] = poolingNames.map((name) => nodes.find(({ outputs }) => outputs[0] === name));
      const [tensor] = mean?.inputs ?? [];
      if (mean === undefined || max === undefined || tensor !== max.inputs[0]) return undefined;
      const axes = readAxes(mean);
      isChannelsFirst = axes === 2;
      return axes === undefined ? undefined : tensor;
    },
    ["batch", "axis_1", "axis_2"],
    ["logits"],
  );
  return parts && { trunk: parts.before, head: parts.after, isChannelsFirst };
}

/** An attribute; from opset 18 on an input, a constant that `GraphBuilder` names by its numbers. */
function readAxes({ inputs, readInts }: GraphNode): 1 | 2 | undefined {
  const [axis] = readInts("axes") ?? [Number(/^ints_(\d)$/.exec(inputs[1] ?? "")?.[1])];
  return axis === 1 || axis === 2 ? axis : undefined;
}

/**
 * Opens a network of features. One that can be cut is asked about steps of time too: its head pools all steps of a
 * window, as in the whole network, and then each step by itself, as if the window had no other. So a step's logits are
 * what the network would answer for a clip of nothing but it.
 */
export async function openWindowNetwork(
  network: Uint8Array,
  open: (model: Uint8Array) => Promise<OrtFunction<FeatureShape>>,
): Promise<WindowNetwork> {
  const parts = cutBeforePooling(network);
  return parts === undefined ? openPlainNetwork(network, open) : openSteppingNetwork(parts, open);
}

/** A network that answers for windows alone. */
export async function openPlainNetwork(
  network: Uint8Array,
  open: (model: Uint8Array) => Promise<OrtFunction<FeatureShape>>,
): Promise<WindowNetwork> {
  const { compute, dispose } = await open(network);
  return {
    score: async (features, shape) => ({ windows: (await compute(features, shape)).values }),
    dispose,
  };
}

async function openSteppingNetwork(
  parts: NetworkParts,
  open: (model: Uint8Array) => Promise<OrtFunction<FeatureShape>>,
): Promise<WindowNetwork> {
  const trunk = await open(parts.trunk);
  const head = await open(parts.head);
  return {
    async score(features, shape) {
      const { values, dims } = await trunk.compute(features, shape);
      const [windows, one, other] = [at(dims, 0), at(dims, 1), at(dims, 2)];
      const whole = await head.compute(values, [windows, one, other]);
      const [channels, steps] = parts.isChannelsFirst ? [one, other] : [other, one];
      const rows = parts.isChannelsFirst ? transposeSteps(values, { windows, channels, steps }) : values;
      const count = windows * steps;
      const single = parts.isChannelsFirst
        ? ([count, channels, 1] as const)
        : ([count, 1, channels] as const);
      return { windows: whole.values, steps: (await head.compute(rows, single)).values };
    },
    dispose: async () => {
      await Promise.all([trunk.dispose(), head.dispose()]);
    },
  };
}

/** [windows, channels, steps] to [windows, steps, channels]. */
function transposeSteps(
  values: Float32Array,
  { windows, channels, steps }: { windows: number; channels: number; steps: number },
): Float32Array {
  const rows = new Float32Array(values.length);
  for (let window = 0; window < windows; window++) {
    const offset = window * channels * steps; // inner loops: every index exists
    for (let channel = 0; channel < channels; channel++)
      for (let step = 0; step < steps; step++)
        rows[offset + step * channels + channel] = values[offset + channel * steps + step] ?? 0;
  }
  return rows;
}
