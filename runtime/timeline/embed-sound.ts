import { at } from "../../common/at.ts";
import { countClipSamples, findLengthProblem } from "../../features/fit-clip.ts";
import type { FeatureConfig } from "../../features/feature-config.ts";
import { AudioError } from "../errors.ts";
import type { ClassifierInfo } from "../loaded-model.ts";
import { cutWindows } from "./cut-windows.ts";
import { placeWindows } from "./place-windows.ts";

/**
 * A part of a sound, and its embedding.
 *
 *     const [first]: readonly WindowEmbedding[] = await classifier.embedWindows("street.wav");
 */
export interface WindowEmbedding {
  readonly startSeconds: number;
  readonly endSeconds: number;
  readonly embedding: Float32Array;
}

/** A sound at the model's rate, where windows of it may begin, and what embeds one of them. */
export interface EmbeddableSound {
  readonly name: string;
  readonly samples: Float32Array;
  readonly grid: FeatureConfig;
  readonly embedPart: (part: Float32Array) => Promise<Float32Array>;
}

/** @param wholeSamples a sound of about this length is not cut @returns the mean over the windows of a longer one */
export async function embedWhole(
  { name, samples, grid, embedPart }: EmbeddableSound,
  wholeSamples: number,
): Promise<Float32Array> {
  const rows: Float32Array[] = [];
  for (const window of cutWindows(samples, name, grid, wholeSamples)) rows.push(await embedPart(window));
  return averageRows(rows);
}

/** @throws AudioError for a sound that is shorter than a frame */
export async function embedEachWindow(
  { name, samples, grid, embedPart }: EmbeddableSound,
  { sampleRateHz, features }: Pick<ClassifierInfo, "sampleRateHz" | "features">,
): Promise<WindowEmbedding[]> {
  const problem = findLengthProblem(samples.length, grid);
  if (problem !== undefined) throw new AudioError(`${name}: ${problem}`);
  const windowSamples = countClipSamples(features);
  const parts: WindowEmbedding[] = [];
  for (const start of placeWindows(samples.length, windowSamples)) {
    const end = Math.min(start + windowSamples, samples.length);
    parts.push({
      startSeconds: start / sampleRateHz,
      endSeconds: end / sampleRateHz,
      embedding: await embedPart(samples.subarray(start, end)),
    });
  }
  return parts;
}

/** @param rows at least one: a sound has a window */
function averageRows(rows: readonly Float32Array[]): Float32Array {
  const mean = new Float32Array(at(rows, 0).length);
  for (const row of rows)
    for (const [column, value] of row.entries()) mean[column] = at(mean, column) + value / rows.length;
  return mean;
}
