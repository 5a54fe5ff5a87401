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

/**
 * The value of a key that must be there.
 * @throws RangeError when it is not
 */
export function atKey<Key, Value>(values: ReadonlyMap<Key, Value>, key: Key): Value {
  const value = values.get(key);
  if (value === undefined) throw new RangeError(`expected a known key, got ${String(key)}`);
  return value;
}

/**
 * A list that must have exactly so many items, such as a tensor's shape.
 *
 *     const [batch, height, width, channels] = tuple(images.shape, 4);
 *
 * @throws RangeError when it has more or fewer
 */
export function tuple<Value>(values: readonly Value[], count: 2): readonly [Value, Value];
export function tuple<Value>(values: readonly Value[], count: 3): readonly [Value, Value, Value];
export function tuple<Value>(values: readonly Value[], count: 4): readonly [Value, Value, Value, Value];
export function tuple(values: readonly unknown[], count: number): readonly unknown[] {
  if (values.length !== count) throw new RangeError(`expected ${count} items, got ${values.length}`);
  return values;
}
