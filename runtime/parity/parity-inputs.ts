import { at } from "../../common/at.ts";
import { countFrames, type FeatureConfig } from "../../features/feature-config.ts";
import type { LogMel } from "../../features/log-mel.ts";
import { countColumns } from "../../features/meyda/scalar-features.ts";
import type { FeatureShape } from "../../features/scorer.ts";
import type { SampleShape } from "../ort-scorer.ts";

/**
 * One batch that both sides of a parity test answer.
 *
 *     const input: ParityInput<SampleShape> = { name: "silence", values: new Float32Array(220_500), shape: [1, 220_500] };
 */
export interface ParityInput<Shape extends readonly number[]> {
  readonly name: string;
  readonly values: Float32Array;
  readonly shape: Shape;
}

/** A real clip by name, as features or as samples at the model's rate. */
export interface NamedClip<Content> {
  readonly name: string;
  readonly content: Content;
}

export interface ParityInputOptions {
  /** Adds a batch of 33 and ten minutes of sound: seconds of computing and a GB of memory. Default false. */
  readonly thorough?: boolean;
  /** Adds a sound of this many frames: the shortest that the network takes. */
  readonly minFrames?: number;
}

/** Batch sizes that find what a graph has frozen: none of them is a training batch. */
const batchSizes = [2, 7];
const thoroughBatchSizes = [...batchSizes, 33];
const longSeconds = 600;

/**
 * The given clips, one by one, and the edge inputs for a network that takes log-mel features: zeros, full scale,
 * an impulse, one frame short, and batches of 2 and 7. Deterministic.
 *
 *     const clips = [{ name: "dog", content: await extractor.extract(samples) }];
 *     await verifyParity(scorer, other, buildFeatureInputs(clips, config), 1e-4);
 */
export function buildFeatureInputs(
  clips: readonly NamedClip<LogMel>[],
  config: FeatureConfig,
  { thorough = false, minFrames }: ParityInputOptions = {},
): readonly ParityInput<FeatureShape>[] {
  const bands = countColumns(config);
  const frames = countFrames(config, Math.round(config.clipSeconds * config.sampleRateHz));
  const ranges = findRanges(clips, config);
  /** @param fill where each value lies in its column's range, 0 to 1 */
  const makeEdge = (name: string, shape: FeatureShape, fill: (index: number) => number) => ({
    name,
    shape,
    values: Float32Array.from({ length: countValues(shape) }, (_, index) => {
      const { low, high } = ranges[index % bands] ?? { low: 0, high: 1 };
      return low + (high - low) * fill(index);
    }),
  });
  const one: FeatureShape = [1, frames, bands];
  const middle = Math.floor(frames / 2);
  const longFrames = countFrames(config, longSeconds * config.sampleRateHz);
  return [
    ...clips.map(({ name, content }) => ({
      name,
      values: content.values,
      shape: [1, content.frames, content.bands] as const,
    })),
    makeEdge("zeros", one, () => 0),
    makeEdge("full scale", one, () => 1),
    makeEdge("impulse", one, (index) => (Math.floor(index / bands) === middle ? 1 : 0)),
    makeEdge("one frame short", [1, frames - 1, bands], createNoise(0, 1)),
    ...(minFrames === undefined
      ? []
      : [makeEdge(nameFrames(minFrames), [1, minFrames, bands], createNoise(0, 1))]),
    ...(thorough ? thoroughBatchSizes : batchSizes).map((size) =>
      makeEdge(`batch ${size}`, [size, frames, bands], createNoise(0, 1)),
    ),
    ...(thorough ? [makeEdge("10 minutes", [1, longFrames, bands], createNoise(0, 1))] : []),
  ];
}

/** By column: mel bands from silence to the loudest sound, scalar features as far as they go in the clips. */
function findRanges(
  clips: readonly NamedClip<LogMel>[],
  config: FeatureConfig,
): readonly { low: number; high: number }[] {
  // A full-scale sine puts scale * N / 2 into one bin of a Hann-windowed spectrum.
  const loudest = Math.log1p(((config.sampleScale * config.fftSamples) / 2) ** 2);
  const columns = countColumns(config);
  return Array.from({ length: columns }, (_, column) => {
    if (column < config.melBands) return { low: 0, high: loudest };
    if (clips.length === 0) return { low: 0, high: 1 };
    let [low, high] = [Infinity, -Infinity];
    for (const { content } of clips) {
      for (let index = column; index < content.values.length; index += columns) {
        low = Math.min(low, at(content.values, index));
        high = Math.max(high, at(content.values, index));
      }
    }
    return { low, high };
  });
}

/**
 * As `buildFeatureInputs`, for a network that takes samples: full scale is +-1.
 *
 *     const inputs = buildSampleInputs([{ name: "dog", content: samples }], config, { thorough: true });
 */
export function buildSampleInputs(
  clips: readonly NamedClip<Float32Array>[],
  config: FeatureConfig,
  { thorough = false, minFrames }: ParityInputOptions = {},
): readonly ParityInput<SampleShape>[] {
  const length = Math.round(config.clipSeconds * config.sampleRateHz);
  const makeEdge = (name: string, shape: SampleShape, fill: (index: number) => number) => ({
    name,
    shape,
    values: Float32Array.from({ length: countValues(shape) }, (_, index) => fill(index)),
  });
  const halfPeriod = Math.round(config.sampleRateHz / 880);
  const noise = createNoise(-0.5, 0.5);
  return [
    ...clips.map(({ name, content }) => ({
      name,
      values: content,
      shape: [1, content.length] as const,
    })),
    makeEdge("zeros", [1, length], () => 0),
    makeEdge("full scale", [1, length], (index) => (Math.floor(index / halfPeriod) % 2 ? -1 : 1)),
    makeEdge("impulse", [1, length], (index) => (index === Math.floor(length / 2) ? 1 : 0)),
    makeEdge("one frame short", [1, length - config.hopSamples], createNoise(-0.5, 0.5)),
    makeEdge("a tenth longer", [1, Math.floor(1.1 * length)], createNoise(-0.5, 0.5)),
    makeEdge(
      "a short sound",
      [1, Math.max(config.fftSamples, Math.floor(length / 7))],
      createNoise(-0.5, 0.5),
    ),
    makeEdge("silence around sounds, a batch", [3, length], (index) => {
      const sample = noise();
      const start = (Math.floor(index / length) * length) / 5;
      return index % length >= start && index % length < start + length / 4 ? sample : 0;
    }),
    ...(minFrames === undefined
      ? []
      : [
          makeEdge(
            nameFrames(minFrames),
            [1, config.fftSamples + (minFrames - 1) * config.hopSamples],
            createNoise(-0.5, 0.5),
          ),
        ]),
    ...(thorough ? thoroughBatchSizes : batchSizes).map((size) =>
      makeEdge(`batch ${size}`, [size, length], createNoise(-0.5, 0.5)),
    ),
    ...(thorough
      ? [makeEdge("10 minutes", [1, longSeconds * config.sampleRateHz], createNoise(-0.5, 0.5))]
      : []),
  ];
}

function nameFrames(frames: number): string {
  return frames === 1 ? "one frame" : `${frames} frames, the fewest the network takes`;
}

function countValues(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** Uniform values in [low, high) from a fixed start: mulberry32, so that every machine tests the same inputs. */
function createNoise(low: number, high: number): () => number {
  let state = 0x9e3779b9;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return low + ((high - low) * ((mixed ^ (mixed >>> 14)) >>> 0)) / 2 ** 32;
  };
}
