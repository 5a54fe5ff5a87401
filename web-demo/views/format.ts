/** Minutes, seconds and tenths: 1:05.3. */
export function formatClock(seconds: number): string {
  const tenths = Math.round(seconds * 10);
  const minutes = Math.floor(tenths / 600);
  return `${minutes}:${((tenths % 600) / 10).toFixed(1).padStart(4, "0")}`;
}

/** Three digits are enough to compare. */
export function formatMs(ms: number): string {
  if (ms >= 995) return `${(ms / 1000).toPrecision(3)} s`;
  return `${ms < 9.995 ? ms.toFixed(2) : ms < 99.95 ? ms.toFixed(1) : ms.toFixed(0)} ms`;
}

export function formatPercent(fraction: number): string {
  return `${Math.round(fraction * 100)} %`;
}

/** Thousands of a whole number by narrow spaces, as in SI: 641 034. Without Intl, whose first use takes 15 ms. */
export function formatCount(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, "\u202f");
}

/** Hours, minutes and seconds of the day: 14:05:09. Without Intl, whose first use of dates takes 30 ms. */
export function formatTimeOfDay(date: Date): string {
  return date.toTimeString().slice(0, 8);
}

/** 8.6e-6: a difference of logits. */
export function formatDifference(difference: number): string {
  return difference === 0 ? "0" : difference.toExponential(1);
}

export function formatMegabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
