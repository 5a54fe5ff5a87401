import * as z from "zod";
import { createRandom } from "../../common/random.ts";
import { countFrames, defaultFeatureConfig } from "../../features/feature-config.ts";
import { countClipSamples } from "../../features/fit-clip.ts";

const inferenceSettings = z.object({
  network: z.enum(["cnn", "cnn-transformer"]),
  input: z.enum(["features", "samples"]),
  batch: z.number(),
  threads: z.number(),
  provider: z.enum(["cpu", "cuda"]).default("cpu"),
});

export type InferenceSettings = z.infer<typeof inferenceSettings>;

export function parseInferenceSettings(settings: unknown): InferenceSettings {
  return inferenceSettings.parse(settings);
}

/** Enough runs for a steady median, without letting the slower peers take minutes. */
export function countRuns({ input, batch }: InferenceSettings): number {
  return batch === 1 && input === "features" ? 20 : 3;
}

/** Waveforms or log-mel of plausible size. */
export function makeInput({ input, batch }: Pick<InferenceSettings, "input" | "batch">): {
  values: Float32Array;
  shape: number[];
} {
  const clipSamples = countClipSamples(defaultFeatureConfig);
  const frames = countFrames(defaultFeatureConfig, clipSamples);
  const shape = input === "samples" ? [batch, clipSamples] : [batch, frames, defaultFeatureConfig.melBands];
  const random = createRandom(1, "inference benchmark");
  const scale = input === "samples" ? 1 : 20;
  const length = shape.reduce((product, size) => product * size, 1);
  return { values: Float32Array.from({ length }, () => scale * (random.next() - 0.5)), shape };
}
