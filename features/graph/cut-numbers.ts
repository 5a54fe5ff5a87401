import { at } from "../../common/at.ts";

/**
 * Numbers as a sum of three parts, the largest first: multiples of 2^-bits, multiples of 2^-2bits, each of `bits`
 * bits, and what remains.
 */
export function cutInThree(
  values: Float64Array,
  bits: number,
): readonly [coarse: Float64Array, fine: Float64Array, finest: Float64Array] {
  const [coarse, afterCoarse] = takeMultiples(values, 2 ** -bits);
  const [fine, finest] = takeMultiples(afterCoarse, 2 ** (-2 * bits));
  return [coarse, fine, finest];
}

function takeMultiples(values: Float64Array, unit: number): readonly [Float64Array, Float64Array] {
  const multiples = values.map((value) => Math.round(value / unit) * unit);
  return [multiples, values.map((value, index) => value - at(multiples, index))];
}
