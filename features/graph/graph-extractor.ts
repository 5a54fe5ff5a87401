import type { InferenceSession } from "onnxruntime-common";
import type { FeatureExtractor } from "../extractor.ts";
import { countFrames, type FeatureConfig } from "../feature-config.ts";
import { buildBlockGraph, type FeatureGraphOptions } from "./feature-graph.ts";
import type { OrtRuntime } from "../ort-runtime.ts";
import { countColumns } from "../meyda/scalar-features.ts";
import { UserError } from "../../common/user-error.ts";

/**
 * What `createGraphExtractor` takes.
 *
 *     await createGraphExtractor(config, ort, { session: { intraOpNumThreads: 1 } });
 */
export interface GraphExtractorOptions extends FeatureGraphOptions {
  /** For onnxruntime, e.g. `{ intraOpNumThreads: 1 }` in a worker of which there is one a core. */
  readonly session?: InferenceSession.SessionOptions;
}

/** Windows' samples that go through the graph at once: few enough for a processor's cache, and memory stays flat. */
const maxWindowedSamples = 2 ** 18;

/**
 * The fast extractor: the feature graph, run by whichever onnxruntime is given, long sounds in blocks of a few
 * seconds. Scalar features, where the config names some, are computed by Meyda itself.
 * Unless a precision is asked for, it is float64, or split where the runtime has no float64 (`onnxruntime-web/webgpu`).
 *
 *     const extractor = await createGraphExtractor(config, await import("onnxruntime-node"));
 *     const { values, frames, bands } = await extractor.extract(samples);
 *
 * @throws UserError for a config that the graph cannot do, such as a hop that does not divide the window
 */
export async function createGraphExtractor(
  config: FeatureConfig,
  ort: OrtRuntime,
  options: GraphExtractorOptions = {},
): Promise<FeatureExtractor> {
  const melConfig = { ...config, scalarFeatures: [] };
  const session = await openSession(melConfig, ort, options);
  const writeScalars =
    config.scalarFeatures.length === 0
      ? undefined
      : (await import("../meyda/meyda-scalars.ts")).createScalarWriter(config);
  const { fftSamples, hopSamples, melBands } = config;
  const maxFrames = Math.max(1, Math.floor(maxWindowedSamples / fftSamples));

  const extractBlock = async (samples: Float32Array): Promise<Float32Array> => {
    const tensor = new ort.Tensor("float32", samples, [1, samples.length / hopSamples, hopSamples]);
    const { features } = await session.run({ blocks: tensor });
    if (!(features?.data instanceof Float32Array))
      throw new TypeError("feature graph: expected float32 features");
    return features.data;
  };

  return {
    name: "graph",
    async extract(samples) {
      const frames = countFrames(config, samples.length);
      const bands = countColumns(config);
      const values = new Float32Array(frames * bands);
      const framesPerBlock = Math.ceil(frames / Math.ceil(frames / maxFrames)); // even blocks take the least time
      for (let first = 0; first < frames; first += framesPerBlock) {
        const count = Math.min(framesPerBlock, frames - first);
        const start = first * hopSamples;
        const block = samples.subarray(start, start + (count - 1) * hopSamples + fftSamples);
        placeColumns(await extractBlock(block), melBands, values.subarray(first * bands), bands);
        for (let frame = 0; writeScalars !== undefined && frame < count; frame++) {
          const window = block.slice(frame * hopSamples, frame * hopSamples + fftSamples);
          writeScalars(window, values.subarray((first + frame) * bands, (first + frame + 1) * bands));
        }
      }
      return { values, frames, bands };
    },
    dispose: () => session.release(),
  };
}

async function openSession(
  config: FeatureConfig,
  ort: OrtRuntime,
  { precision, session }: GraphExtractorOptions,
): Promise<InferenceSession> {
  const open = (wished: FeatureGraphOptions["precision"] & string): Promise<InferenceSession> =>
    ort.InferenceSession.create(buildBlockGraph(config, { precision: wished }), session);
  if (precision !== undefined) return open(precision);
  try {
    return await open("float64");
  } catch (error) {
    if (error instanceof UserError) throw error;
    return open("split"); // a runtime without float64 refuses the graph; any other trouble comes back here
  }
}

/** Copies rows of `width` into rows of `columns`, at their start. */
function placeColumns(rows: Float32Array, width: number, target: Float32Array, columns: number): void {
  if (width === columns) {
    target.set(rows);
    return;
  }
  for (let row = 0; row * width < rows.length; row++) {
    target.set(rows.subarray(row * width, (row + 1) * width), row * columns);
  }
}
