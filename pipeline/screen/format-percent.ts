/** 0.9125 as `91.3`, without the sign; nothing for what was not measured. */
export function formatPercent(fraction: number | null | undefined, digits = 1): string {
  return fraction === null || fraction === undefined ? "" : (100 * fraction).toFixed(digits);
}
