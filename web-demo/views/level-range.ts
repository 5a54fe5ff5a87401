import { at } from "../../common/at.ts";
import type { LogMel } from "../../features/log-mel.ts";

/** The log-mel values that are drawn darkest and brightest. */
export interface LevelRange {
  low: number;
  high: number;
}

/** Less than this apart, and a quiet room would look like a storm. */
const minSpan = 6;
const maxValues = 2000;

/** From the quiet tenth of a clip's values to all but its loudest thousandth. */
export function measureRange({ values }: LogMel): LevelRange {
  if (values.length === 0) return { low: 0, high: minSpan }; // a clip shorter than one frame
  const stride = Math.max(1, Math.floor(values.length / maxValues));
  const count = Math.ceil(values.length / stride);
  const some = Float32Array.from({ length: count }, (_, index) => at(values, index * stride)).sort();
  const low = at(some, Math.floor(some.length * 0.1));
  const high = at(some, Math.floor(some.length * 0.999));
  return { low, high: Math.max(high, low + minSpan) };
}

/** Follows a live sound: at once when it grows louder, slowly when it falls quiet. */
export function followRange(range: LevelRange, { values }: LogMel): LevelRange {
  const now = measureRange({ values, frames: 1, bands: values.length });
  const low = range.low + 0.02 * (now.low - range.low);
  const high =
    now.high > range.high
      ? range.high + 0.3 * (now.high - range.high)
      : range.high - 0.004 * (range.high - now.high);
  return { low, high: Math.max(high, low + minSpan) };
}
