/** `3.2 s`, `4 min 5 s`, `2 h 46 min`. */
export function formatDuration(seconds: number): string {
  if (seconds < 60) return `${Number(seconds.toPrecision(2))} s`;
  const whole = Math.round(seconds); // before it is divided, or 119.9 s would be 1 min 60 s
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes} min ${whole % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** `0`, `< 0.1 %`, `3.4 %`, `52 %`. */
export function formatShare(share: number): string {
  if (share === 0) return "0";
  if (share < 0.001) return "< 0.1 %";
  return `${Number((100 * share).toPrecision(2))} %`;
}

/** `44.1 kHz`; several are joined. */
export function formatRates(ratesHz: readonly number[]): string {
  return ratesHz.map((rateHz) => `${rateHz / 1000}`).join(", ") + " kHz";
}
