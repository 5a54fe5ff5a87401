/**
 * A length of time for people: `0.4 s`, `12 s`, `3 min 20 s`, `2 h 46 min`; `…` where it is not known (NaN, infinity).
 * Below a minute with two significant digits. Rounded before it is divided, so that 119.9 s is `2 min 0 s`.
 */
export function formatSeconds(seconds: number): string {
  if (!Number.isFinite(seconds)) return "…";
  if (seconds < 59.5) return `${Number(seconds.toPrecision(2))} s`;
  const whole = Math.round(seconds);
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes} min ${whole % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
