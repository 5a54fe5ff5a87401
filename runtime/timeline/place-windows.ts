/** Clips up to this much longer than the model's clip are cut as in training: codecs pad their last block. */
const maxExcess = 0.1;

/**
 * Start of each window over `samples`: one for a clip that fits (up to a tenth longer), else as many as cover it
 * with at least half a window of overlap, evenly spread from the first sample to the last.
 */
export function placeWindows(samples: number, clipSamples: number): readonly number[] {
  const excess = samples - clipSamples;
  if (excess <= clipSamples * maxExcess) return [0];
  const steps = Math.ceil(excess / (clipSamples / 2));
  return Array.from({ length: steps + 1 }, (_, step) => Math.round((step * excess) / steps));
}

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

/**
 * The embedding of each window of a sound, with its times.
 * @param windowSamples a shorter sound is one window, of its own length
 */
export async function embedEachWindow(
  samples: Float32Array,
  { windowSamples, sampleRateHz }: { readonly windowSamples: number; readonly sampleRateHz: number },
  embed: (window: Float32Array) => Promise<Float32Array>,
): Promise<WindowEmbedding[]> {
  const parts: WindowEmbedding[] = [];
  for (const start of placeWindows(samples.length, windowSamples)) {
    const end = Math.min(start + windowSamples, samples.length);
    parts.push({
      startSeconds: start / sampleRateHz,
      endSeconds: end / sampleRateHz,
      embedding: await embed(samples.subarray(start, end)),
    });
  }
  return parts;
}
