import type { Interval } from "../../common/bound-fraction.ts";
import { at } from "../../common/at.ts";

/** What stands where a number has no meaning. */
export const undefinedMark = "–";

/** 0.9125 -> `91.3`, a share as percent without its sign. */
export function formatPercent(fraction: number | null | undefined, digits = 1): string {
  return fraction === null || fraction === undefined ? undefinedMark : (100 * fraction).toFixed(digits);
}

/** 0.71 and so on, for F1, areas and the like. */
export function formatScore(value: number | null | undefined, digits = 3): string {
  return value === null || value === undefined ? undefinedMark : value.toFixed(digits);
}

/** `60.5–80.0`, in percent. */
export function formatPercentInterval(interval: Interval | null | undefined): string {
  if (interval === null || interval === undefined) return undefinedMark;
  return `${formatPercent(interval.low)}–${formatPercent(interval.high)}`;
}

/** `0.52–0.80`. */
export function formatScoreInterval(interval: Interval | null | undefined): string {
  if (interval === null || interval === undefined) return undefinedMark;
  return `${formatScore(interval.low, 2)}–${formatScore(interval.high, 2)}`;
}

/** With a sign, so that the better side shows: `+3.75`, `−1.25`. */
export function formatDifference(difference: number | null, digits = 2): string {
  if (difference === null) return undefinedMark;
  const size = Math.abs(difference).toFixed(digits);
  if (Number(size) === 0) return `±${size}`;
  return `${difference < 0 ? "−" : "+"}${size}`;
}

export function formatCount(count: number): string {
  return count.toLocaleString("en-US");
}

export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  return bytes < 1_000_000 ? `${(bytes / 1000).toFixed(0)} kB` : `${(bytes / 1_000_000).toFixed(2)} MB`;
}

/** `1.5e-6`, for differences that only their size matters of. */
export function formatTiny(value: number): string {
  return value === 0 ? "0" : value.toExponential(1).replace("-", "−");
}

/** `1 clip`, `2 clips`, `1 class`, `2 classes`. */
export function formatAmount(count: number, noun: string): string {
  const plural = noun.endsWith("s") ? `${noun}es` : `${noun}s`;
  return `${formatCount(count)} ${count === 1 ? noun : plural}`;
}

/** `1`, `1 and 2`, `1, 2 and 3`. */
export function formatList(items: readonly (string | number)[]): string {
  if (items.length < 2) return items.join("");
  return `${items.slice(0, -1).join(", ")} and ${at(items, -1)}`;
}

/** `fold 2`, `folds 2 and 3`. */
export function formatFolds(folds: readonly number[]): string {
  return `${folds.length === 1 ? "fold" : "folds"} ${formatList(folds)}`;
}
