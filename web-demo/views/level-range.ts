import type { LogMel } from "../../features/log-mel.ts";

/** The log-mel values that are drawn darkest and brightest. */
export interface LevelRange {
  low: number;
  high: number;
}

/** Less than this apart, and a quiet room would look like a storm. */
const smallestSpan = 6;
const mostValues = 2000;

/** From the quiet tenth of a clip's values to all but its loudest thousandth. */
export function measureRange({ values }: LogMel): LevelRange {
  const stride = Math.max(1, Math.floor(values.length / mostValues));
  const count = Math.ceil(values.length / stride);
  const some = Float32Array.from({ length: count }, (_, index) => values[index * stride] ?? 0).sort();
  const low = some[Math.floor(some.length * 0.1)] ?? 0;
  const high = some[Math.floor(some.length * 0.999)] ?? smallestSpan;
  return { low, high: Math.max(high, low + smallestSpan) };
}

/** Follows a live sound: at once when it grows louder, slowly when it falls quiet. */
export function followRange(range: LevelRange, { values }: LogMel): LevelRange {
  const now = measureRange({ values, frames: 1, bands: values.length });
  const low = range.low + 0.02 * (now.low - range.low);
  const high =
    now.high > range.high
      ? range.high + 0.3 * (now.high - range.high)
      : range.high - 0.004 * (range.high - now.high);
  return { low, high: Math.max(high, low + smallestSpan) };
}
