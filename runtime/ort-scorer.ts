import type { InferenceSession } from "onnxruntime-common";
import type { FeatureShape } from "../features/scorer.ts";
import { findTag } from "./audio/describe-value.ts";
import { ModelError } from "./errors.ts";
import type { OrtRuntime } from "../features/ort-runtime.ts";
import { describeError } from "../common/describe-error.ts";

/**
 * Shape of a batch of waveforms: [clips, samples].
 *
 *     const scorer = await openScorer<SampleShape>("model.onnx");
 *     const logits = await scorer.score(samples, [1, samples.length]);
 */
export type SampleShape = readonly [clips: number, samples: number];

/**
 * A Scorer over any input shape: with `FeatureShape` it is `Scorer`.
 *
 *     const zeros: ShapedScorer<SampleShape> = {
 *       score: async (values, [clips]) => new Float32Array(clips * 10),
 *       dispose: async () => undefined,
 *     };
 */
export interface ShapedScorer<Shape extends readonly number[]> {
  score(values: Float32Array, shape: Shape): Promise<Float32Array>;
  dispose(): Promise<void>;
}

/** A graph as a function of one tensor. */
export interface OrtFunction<Shape extends readonly number[]> {
  readonly compute: (
    values: Float32Array,
    shape: Shape,
  ) => Promise<{ readonly values: Float32Array; readonly dims: readonly number[] }>;
  readonly dispose: () => Promise<void>;
}

/**
 * A model in ONNX Runtime as a Scorer. Its first input takes the values; its output `logits` (or else its first
 * output) answers, row-major [clips, classes].
 *
 *     const scorer = createOrtScorer(await ort.InferenceSession.create("model.onnx"), ort);
 *     const logits = await scorer.score(new Float32Array(214 * 96), [1, 214, 96]);
 *
 * @throws ModelError `bad-graph` when the graph has no input or output, fails, or answers something else than finite
 *   float32
 */
export function createOrtScorer<Shape extends readonly number[] = FeatureShape>(
  session: InferenceSession,
  ort: Pick<OrtRuntime, "Tensor">,
): ShapedScorer<Shape> {
  const { compute } = createOrtFunction<Shape>(session, ort);
  return {
    score: async (values, shape) => (await compute(values, shape)).values,
    dispose: () => session.release(),
  };
}

/** As `createOrtScorer`, with the shape of what the output is. @throws ModelError as there */
export function createOrtFunction<Shape extends readonly number[] = FeatureShape>(
  session: InferenceSession,
  ort: Pick<OrtRuntime, "Tensor">,
): OrtFunction<Shape> {
  const [inputName] = session.inputNames;
  const outputName = session.outputNames.find((name) => name === "logits") ?? session.outputNames[0];
  if (inputName === undefined || outputName === undefined)
    throw new ModelError("bad-graph", "model: expected a graph with an input and an output, got none");
  return {
    async compute(values, shape) {
      const input = new ort.Tensor("float32", values, shape);
      const { data, dims } = await run(session, { [inputName]: input }, outputName);
      if (!isFloats(data))
        throw new ModelError("bad-graph", `model: expected float32 values from its output, got others`);
      const wrong = data.find((value) => !Number.isFinite(value));
      if (wrong !== undefined)
        throw new ModelError("bad-graph", `model: expected finite logits, got ${wrong}`);
      return { values: data, dims };
    },
    dispose: () => session.release(),
  };
}

/** What ONNX Runtime throws while it computes is the graph's fault: the input has the kind that it asked for. */
async function run(
  session: InferenceSession,
  feeds: InferenceSession.FeedsType,
  outputName: string,
): Promise<{ readonly data: unknown; readonly dims: readonly number[] }> {
  try {
    const { [outputName]: output } = await session.run(feeds, [outputName]);
    return { data: await output?.getData(), dims: output?.dims ?? [] };
  } catch (error) {
    throw new ModelError(
      "bad-graph",
      `model: expected a graph that takes this input, got ${describeError(error)}`,
      { cause: error },
    );
  }
}

/** In Jest, ONNX Runtime's arrays are of another realm. */
function isFloats(value: unknown): value is Float32Array {
  return findTag(value) === "Float32Array";
}
