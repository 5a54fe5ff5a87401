import type { InferenceSession } from "onnxruntime-common";
import type { FeatureShape } from "../features/scorer.ts";
import { ModelError } from "./errors.ts";
import type { OrtRuntime } from "../features/ort-runtime.ts";

/** Shape of a batch of waveforms: [clips, samples]. */
export type SampleShape = readonly [clips: number, samples: number];

/** A Scorer over any input shape: with `FeatureShape` it is `Scorer`. */
export interface ShapedScorer<Shape extends readonly number[]> {
  score(values: Float32Array, shape: Shape): Promise<Float32Array>;
  dispose(): Promise<void>;
}

/**
 * A model in ONNX Runtime as a Scorer. Its first input takes the values; its output `logits` (or else its first
 * output) answers, row-major [clips, classes].
 * @throws ModelError `bad-graph` when the graph has no input or output, or answers something else than float32
 */
export function createOrtScorer<Shape extends readonly number[] = FeatureShape>(
  session: InferenceSession,
  ort: Pick<OrtRuntime, "Tensor">,
): ShapedScorer<Shape> {
  const [inputName] = session.inputNames;
  const outputName = session.outputNames.find((name) => name === "logits") ?? session.outputNames[0];
  if (inputName === undefined || outputName === undefined)
    throw new ModelError("bad-graph", "model: expected a graph with an input and an output, got none");
  return {
    async score(values, shape) {
      const outputs = await session.run({ [inputName]: new ort.Tensor("float32", values, shape) }, [
        outputName,
      ]);
      const answer: unknown = await outputs[outputName]?.getData();
      if (!(answer instanceof Float32Array))
        throw new ModelError("bad-graph", `model: expected float32 values from output ${outputName}`);
      return answer;
    },
    dispose: () => session.release(),
  };
}
