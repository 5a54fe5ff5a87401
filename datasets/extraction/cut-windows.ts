import type { FeatureConfig } from "../../features/feature-config.ts";
import type { ClipFacts } from "../cache/feature-entry.ts";

/** Excess over whole windows that is trimmed instead of getting a window of its own, as a fraction of a window. */
const trimmedFraction = 0.1;

/**
 * Where the windows of a clip start, in seconds from the clip's start. A clip of up to a window has one (padded);
 * longer ones have as few as cover it but for a tenth of a window, evenly spread from its start to its end.
 */
export function cutWindows(clipSeconds: number, windowSeconds: number): number[] {
  const count = Math.max(1, Math.ceil(clipSeconds / windowSeconds - trimmedFraction));
  if (count === 1) return [0];
  const stepSeconds = Math.max(0, clipSeconds - windowSeconds) / (count - 1);
  return Array.from({ length: count }, (_, index) => index * stepSeconds);
}

/**
 * Where the windows of a clip start, in seconds from the clip's start: over its sound where features leave silent ends
 * out (padding `loop`), else over all of it.
 */
export function cutClip(
  {
    seconds,
    soundStartSeconds,
    soundSeconds,
  }: Pick<ClipFacts, "seconds" | "soundStartSeconds" | "soundSeconds">,
  { clipSeconds, padding }: Pick<FeatureConfig, "clipSeconds" | "padding">,
): number[] {
  if (padding !== "loop") return cutWindows(seconds, clipSeconds);
  return cutWindows(soundSeconds, clipSeconds).map((start) => soundStartSeconds + start);
}
