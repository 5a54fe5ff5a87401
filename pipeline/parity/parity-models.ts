import * as ort from "onnxruntime-node";
import { countFrames, type FeatureConfig } from "../../features/feature-config.ts";
import type { FeatureExtractor } from "../../features/extractor.ts";
import { countClipFrames, fitClip } from "../../features/fit-clip.ts";
import { openExtractor } from "../../features/open-extractor.ts";
import type { ModelMetadata } from "../../features/model-metadata.ts";
import type { SampleShape, ShapedScorer } from "../../runtime/ort-scorer.ts";
import {
  buildFeatureInputs,
  buildSampleInputs,
  type ParityInput,
} from "../../runtime/parity/parity-inputs.ts";
import { countColumns } from "../../features/meyda/scalar-features.ts";
import type { TrainedModel } from "../../training/checkpoints/checkpoint.ts";
import { createTfjsScorer } from "../../training/scoring/tfjs-scorer.ts";
import type { ParityClip } from "./pick-parity-clips.ts";

type AnyScorer = ShapedScorer<readonly number[]>;

/** The trained network as a Scorer of what the file takes: features, or samples by way of features in float64. */
export async function openTrainedScorer(
  trained: TrainedModel,
  input: ModelMetadata["input"],
): Promise<AnyScorer> {
  const network = createTfjsScorer(trained);
  const extractor = await openExtractor(trained.features, ort);
  const bySamples = scoreSamples(network, extractor, trained.features);
  return {
    score: async (values, shape) => {
      const [clips = 0, length = 0, bands] = shape;
      return input === "samples" || bands === undefined
        ? await bySamples.score(values, [clips, length])
        : await network.score(values, [clips, length, bands]);
    },
    dispose: async () => {
      await Promise.all([network.dispose(), extractor.dispose()]);
    },
  };
}

interface InputOptions {
  readonly config: FeatureConfig;
  readonly input: ModelMetadata["input"];
  readonly thorough: boolean;
  /** Asked for the shortest sound that the network takes. */
  readonly reference: AnyScorer;
}

/** Real clips and edge inputs, in whichever form the file takes them. */
export async function makeParityInputs(
  clips: readonly ParityClip[],
  { config, input, thorough, reference }: InputOptions,
): Promise<readonly ParityInput<readonly number[]>[]> {
  const minFrames = await findMinFrames(reference, config, input);
  const options = { thorough, ...(minFrames !== undefined && { minFrames }) };
  if (input === "samples")
    return buildSampleInputs(
      clips.map(({ name, samples }) => ({ name, content: samples })),
      config,
      options,
    );
  const extractor = await openExtractor(config, ort);
  const features: { name: string; content: Awaited<ReturnType<FeatureExtractor["extract"]>> }[] = [];
  for (const { name, samples } of clips)
    features.push({
      name,
      content: fitClip(await extractor.extract(samples), countClipFrames(config), config),
    });
  await extractor.dispose();
  return buildFeatureInputs(features, config, options);
}

/** One frame, or as many as the network's pooling needs: with fewer, TF.js itself answers no numbers. */
async function findMinFrames(
  reference: AnyScorer,
  config: FeatureConfig,
  input: ModelMetadata["input"],
): Promise<number | undefined> {
  const { fftSamples, hopSamples, sampleRateHz, clipSeconds } = config;
  const whole = countFrames(config, Math.round(clipSeconds * sampleRateHz));
  for (let frames = 1; frames < whole; frames *= 2) {
    const shape =
      input === "samples" ? [1, fftSamples + (frames - 1) * hopSamples] : [1, frames, countColumns(config)];
    const size = shape.reduce((product, length) => product * length, 1);
    const logits = await reference.score(new Float32Array(size).fill(0.1), shape).catch(() => [NaN]);
    if (logits.every(Number.isFinite)) return frames;
  }
  return undefined;
}

/** A Scorer of features as one of samples: extraction, then the clip brought to the length that the network takes. */
function scoreSamples(
  network: ReturnType<typeof createTfjsScorer>,
  extractor: FeatureExtractor,
  config: FeatureConfig,
): ShapedScorer<SampleShape> {
  return {
    async score(samples, [clips, length]) {
      const frames = countClipFrames(config);
      const features = await Promise.all(
        Array.from({ length: clips }, async (_, clip) => {
          const own = samples.subarray(clip * length, (clip + 1) * length);
          return fitClip(await extractor.extract(own), frames, config);
        }),
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
