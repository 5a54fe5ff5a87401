import * as ort from "onnxruntime-node";
import { at } from "../../common/at.ts";
import type { Backbone } from "../../features/backbone/backbone.ts";
import { computeInput } from "../../features/backbone/log-mel-input.ts";
import { takeTrunk } from "../../features/backbone/known-backbones.ts";
import type { LinearHead } from "../../heads/linear-head.ts";
import { scoreRows } from "../../heads/linear-head.ts";
import { normaliseRows, stackRows } from "../../heads/matrix.ts";
import { poolWindows } from "../../heads/pool-windows.ts";
import type { LoadedBackbone } from "./load-backbone.ts";

/** What an exported file is compared with. */
export interface ReferenceScorer {
  /** Logits of one sound at the backbone's rate. */
  score(samples: Float32Array): Promise<Float32Array>;
  dispose(): Promise<void>;
}

/**
 * The same answer by another way than the exported graph's: the backbone's own file, one window after the other, and
 * everything around it in TypeScript. ONNX Runtime keeps to float32 here: left alone, it computes YAMNet's 8-bit
 * weights' products in 8 bits, and is 0.03 of 3.6 off.
 */
export async function openReferenceScorer(
  { backbone, bytes }: LoadedBackbone,
  head: LinearHead,
): Promise<ReferenceScorer> {
  const session = await ort.InferenceSession.create(takeTrunk(bytes), {
    graphOptimizationLevel: "basic",
    logSeverityLevel: 4,
  });
  const embedWindow = async (window: Float32Array): Promise<Float64Array> => {
    const { input, output, dimensions, embeddingsPerWindow } = backbone;
    const answer = await session.run(
      { [input.name]: new ort.Tensor("float32", computeInput(window, backbone), input.dims) },
      [output.name],
    );
    const values: unknown = await answer[output.name]?.getData();
    if (!(values instanceof Float32Array)) throw new Error(`${output.name}: expected float32 values`);
    const rows = { rows: embeddingsPerWindow, columns: dimensions, values: Float64Array.from(values) };
    return poolWindows(rows, "mean");
  };
  return {
    async score(samples) {
      const embeddings: Float64Array[] = [];
      for (const window of cutWindows(samples, backbone)) embeddings.push(await embedWindow(window));
      const pooled = stackRows([poolWindows(stackRows(embeddings), "mean-max")]);
      return Float32Array.from(scoreRows(head, normaliseRows(pooled)).values);
    },
    dispose: () => session.release(),
  };
}

/** Silence of 60 dB below the peak left out at both ends, short sound from its start again, the last window at its end. */
function cutWindows(samples: Float32Array, { windowSamples, windowHopSamples }: Backbone): Float32Array[] {
  const limit = Math.fround(1e-3) * samples.reduce((peak, sample) => Math.max(peak, Math.abs(sample)), 0);
  const isSound = (sample: number): boolean => Math.abs(sample) > Math.fround(limit);
  const first = samples.findIndex(isSound);
  const sound = first < 0 ? samples : samples.subarray(first, samples.findLastIndex(isSound) + 1);
  if (sound.length <= windowSamples)
    return [Float32Array.from({ length: windowSamples }, (_, place) => at(sound, place % sound.length))];
  const windows: Float32Array[] = [];
  for (let start = 0; start + windowSamples < sound.length; start += windowHopSamples)
    windows.push(sound.slice(start, start + windowSamples));
  windows.push(sound.slice(sound.length - windowSamples));
  return windows;
}
