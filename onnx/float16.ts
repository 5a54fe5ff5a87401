/**
 * float32 to float16 bits (IEEE 754 binary16), rounded to the nearest, ties to even; beyond its range infinity.
 * Numbers below 2^-24 / 2 become zero.
 */
export function toFloat16(values: Float32Array): Uint16Array {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  return Uint16Array.from(bits, convertBits);
}

function convertBits(bits: number): number {
  const sign = (bits >>> 16) & 0x8000;
  const exponent = ((bits >>> 23) & 0xff) - 127;
  const fraction = bits & 0x7fffff;
  if (exponent === 128) return sign | 0x7c00 | (fraction === 0 ? 0 : 0x200);
  if (exponent > 15) return sign | 0x7c00;
  // The leading one is written out; below 2^-14 the number is subnormal and loses more places.
  const shift = exponent >= -14 ? 13 : -1 - exponent;
  if (shift > 24) return sign;
  const whole = fraction | 0x800000;
  const kept = whole >>> shift;
  const rest = whole & ((1 << shift) - 1);
  const half = 1 << (shift - 1);
  const rounded = kept + (rest > half || (rest === half && (kept & 1) === 1) ? 1 : 0);
  // A carry out of the fraction runs into the exponent, as it should.
  return sign | (exponent >= -14 ? ((exponent + 14) << 10) + rounded : rounded);
}
