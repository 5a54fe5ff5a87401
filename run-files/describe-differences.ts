/**
 * Names every setting in which two plain JSON values differ, for example
 * `optimiser.learningRate: 0.001 there, 0.01 now`.
 */
export function describeDifferences(there: unknown, now: unknown, path = ""): string[] {
  if (isRecord(there) && isRecord(now)) {
    const keys = [...new Set([...Object.keys(there), ...Object.keys(now)])];
    return keys.flatMap((key) =>
      describeDifferences(there[key], now[key], path === "" ? key : `${path}.${key}`),
    );
  }
  const [before, after] = [show(there), show(now)];
  return before === after ? [] : [`${path}: ${before} there, ${after} now`];
}

const show = (value: unknown): string => (value === undefined ? "nothing" : JSON.stringify(value));

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
