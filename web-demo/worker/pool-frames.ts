import type { LogMel } from "../../features/log-mel.ts";

/** Of every few frames the loudest value in each band, so that at most `mostFrames` are left. */
export function poolFrames(clip: LogMel, mostFrames: number): LogMel {
  const factor = Math.ceil(clip.frames / mostFrames);
  if (factor <= 1) return clip;
  const { bands } = clip;
  const frames = Math.ceil(clip.frames / factor);
  const values = new Float32Array(frames * bands).fill(-Infinity);
  for (const [index, value] of clip.values.entries()) {
    const target = Math.floor(Math.floor(index / bands) / factor) * bands + (index % bands);
    values[target] = Math.max(values[target] ?? value, value);
  }
  return { values, frames, bands };
}
