/**
 * Numbers as a sum of `count` parts, the largest first: all but the last are multiples of 2^-bits, 2^-2bits and so
 * on, each of `bits` bits; the last is what remains.
 */
export function cutNumbers(values: Float64Array, bits: number, count: number): Float64Array[] {
  const parts: Float64Array[] = [];
  let left = values;
  for (let level = 1; level < count; level++) {
    const unit = 2 ** (-bits * level);
    const part = left.map((value) => Math.round(value / unit) * unit);
    left = left.map((value, index) => value - (part[index] ?? 0));
    parts.push(part);
  }
  return [...parts, left];
}
