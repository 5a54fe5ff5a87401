import * as ort from "onnxruntime-node";
import type { FeatureExtractor } from "../features/extractor.ts";
import type { ModelMetadata } from "../features/model-metadata.ts";
import { createOrtScorer, type SampleShape, type ShapedScorer } from "../runtime/ort-scorer.ts";
import { compareScorers, type ParityReport } from "../runtime/parity.ts";
import { buildFeatureInputs, buildSampleInputs } from "../runtime/parity-inputs.ts";
import type { TrainedModel } from "../training/checkpoint.ts";
import { createTfjsScorer } from "../training/tfjs-scorer.ts";
import { createGraphExtractor } from "../features/graph-extractor.ts";
import type { ParityClip } from "./pick-parity-clips.ts";

/** The network as trained and its file: what parity compares. */
export interface ParitySides {
  readonly trained: TrainedModel;
  readonly bytes: Uint8Array;
  readonly input: ModelMetadata["input"];
}

/** TF.js against onnxruntime-node on real clips and edge inputs, in whichever form the file takes them. */
export async function compareOnCpu(
  { trained, bytes, input }: ParitySides,
  clips: readonly ParityClip[],
): Promise<ParityReport> {
  const network = createTfjsScorer(trained);
  const session = await ort.InferenceSession.create(bytes);
  const extractor = await createGraphExtractor(trained.features, ort);
  try {
    if (input === "samples") {
      const inputs = buildSampleInputs(
        clips.map(({ name, samples }) => ({ name, content: samples })),
        trained.features,
      );
      const reference = hearSamples(network, extractor);
      return await compareScorers(reference, createOrtScorer<SampleShape>(session, ort), inputs, {
        target: "cpu",
      });
    }
    const features = await Promise.all(
      clips.map(async ({ name, samples }) => ({ name, content: await extractor.extract(samples) })),
    );
    const inputs = buildFeatureInputs(features, trained.features);
    return await compareScorers(network, createOrtScorer(session, ort), inputs, { target: "cpu" });
  } finally {
    await Promise.all([network.dispose(), session.release(), extractor.dispose()]);
  }
}

/** A Scorer of features as one of samples. */
function hearSamples(
  network: ReturnType<typeof createTfjsScorer>,
  extractor: FeatureExtractor,
): ShapedScorer<SampleShape> {
  return {
    async score(samples, [clips, length]) {
      const features = await Promise.all(
        Array.from({ length: clips }, (_, clip) =>
          extractor.extract(samples.subarray(clip * length, (clip + 1) * length)),
        ),
      );
      const [first] = features;
      if (first === undefined) return new Float32Array();
      const values = new Float32Array(clips * first.values.length);
      for (const [clip, { values: part }] of features.entries()) values.set(part, clip * part.length);
      return await network.score(values, [clips, first.frames, first.bands]);
    },
    dispose: () => network.dispose(),
  };
}
