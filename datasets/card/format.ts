/** `0`, `< 0.1 %`, `3.4 %`, `52 %`. */
export function formatFraction(fraction: number): string {
  if (fraction === 0) return "0";
  if (fraction < 0.001) return "< 0.1 %";
  return `${Number((100 * fraction).toPrecision(2))} %`;
}

/** `44.1 kHz`; several are joined. */
export function formatRates(ratesHz: readonly number[]): string {
  return ratesHz.map((rateHz) => `${rateHz / 1000}`).join(", ") + " kHz";
}
