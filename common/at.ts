/**
 * The value at an index that must exist: `noUncheckedIndexedAccess` makes `values[index]` possibly undefined, and a
 * default in its place (`?? 0`) would turn a wrong index into a wrong number.
 *
 * Inner loops may keep `values[index] ?? 0` where a comment says why: there the call would cost time.
 *
 *     at(new Float32Array([1, 2]), 1); // 2
 *     at(["a"], -1);                   // "a", counted from the end
 *
 * @throws RangeError when the index is not a whole number from -length to length - 1
 */
export function at<Value>(values: ArrayLike<Value>, index: number): Value;
export function at(values: ArrayLike<unknown>, index: number): unknown {
  const place = index < 0 ? values.length + index : index;
  if (!Number.isInteger(place) || place < 0 || place >= values.length) {
    throw new RangeError(`expected an index from 0 to ${values.length - 1}, got ${index}`);
  }
  return values[place];
}
