/**
 * A file's pieces as one head of `headBytes` (or all of a shorter file), then pieces of at most `mostBytes`.
 * @yields nothing for an empty file
 */
export async function* splitPieces(
  pieces: AsyncIterable<Uint8Array>,
  headBytes: number,
  mostBytes: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  const head = new Uint8Array(headBytes);
  let headLength = 0;
  for await (const piece of pieces) {
    const missing = headBytes - headLength;
    if (missing > 0) {
      const part = piece.subarray(0, missing);
      head.set(part, headLength);
      headLength += part.length;
      if (headLength === headBytes) yield head;
    }
    for (let offset = missing; offset < piece.length; offset += mostBytes)
      yield piece.subarray(offset, offset + mostBytes);
  }
  if (headLength > 0 && headLength < headBytes) yield head.subarray(0, headLength);
}
